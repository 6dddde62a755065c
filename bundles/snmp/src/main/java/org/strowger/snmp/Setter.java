package org.strowger.snmp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.PDU;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Director;
import org.strowger.api.KeyPath;
import org.strowger.api.Origin;
import org.strowger.api.Violation;

/**
 * SET (RFC 3416, 4.2.5): all bindings of a request are one {@link ChangeSet}, so that the director
 * applies all or none. Types and ranges are judged here, everything else by the director: first it
 * is asked ({@link Director#check}), which tells the binding that is wrong, then told ({@link
 * Director#apply}).
 */
final class Setter {
  /** Time the director has for a change, in seconds. */
  static final int DEADLINE_SECONDS = 5;

  private static final Logger log = LoggerFactory.getLogger(Setter.class);
  private static final Outcome DONE = new Outcome(PDU.noError, 0);

  /**
   * @param errorIndex the binding that is wrong, from 1; 0 if it is none of them
   */
  record Outcome(int errorStatus, int errorIndex) {}

  private record Wanted(Change change, KeyPath path) {}

  private static final class Fault extends Exception {
    private static final long serialVersionUID = 1;
    private final int errorStatus;

    Fault(int errorStatus) {
      super("error status " + errorStatus, null, false, false);
      this.errorStatus = errorStatus;
    }
  }

  private final MibTree tree;
  private final Supplier<Optional<Director>> director;

  Setter(MibTree tree, Supplier<Optional<Director>> director) {
    this.tree = tree;
    this.director = director;
  }

  Outcome set(Moment moment, View view, List<VariableBinding> bindings, Origin origin) {
    if (bindings.size() > Reader.REQUEST_BINDINGS) {
      return new Outcome(PDU.tooBig, 0);
    }
    Map<KeyPath, Integer> places = new LinkedHashMap<>();
    List<Change> changes = new ArrayList<>();
    for (VariableBinding binding : bindings) {
      int place = changes.size() + 1;
      try {
        Wanted wanted = wanted(moment, view, binding);
        if (places.putIfAbsent(wanted.path(), place) != null) {
          return new Outcome(PDU.inconsistentValue, place);
        }
        changes.add(wanted.change());
      } catch (Fault fault) {
        return new Outcome(fault.errorStatus, place);
      }
    }
    if (changes.isEmpty()) {
      return DONE;
    }
    return tell(new ChangeSet(origin, OptionalLong.empty(), changes, ""), places);
  }

  /** The change that a binding asks for, or the first thing wrong with it in RFC 3416's order. */
  private Wanted wanted(Moment moment, View view, VariableBinding binding) throws Fault {
    if (!view.allows(binding.getOid())) {
      throw new Fault(PDU.noAccess);
    }
    Subtree subtree = tree.subtree(binding.getOid());
    Subtree.Slot slot = subtree == null ? null : subtree.slot(moment, binding.getOid());
    if (slot == null) {
      throw new Fault(PDU.notWritable);
    }
    int fault = slot.writable().fault().applyAsInt(binding.getVariable());
    if (fault != PDU.noError) {
      throw new Fault(fault);
    }
    KeyPath path = slot.path();
    if (path == null) {
      throw new Fault(PDU.noCreation);
    }
    Object value = slot.writable().value().apply(binding.getVariable());
    return new Wanted(new Change.Put(path, value), path);
  }

  private Outcome tell(ChangeSet changes, Map<KeyPath, Integer> places) {
    Director present = director.get().orElse(null);
    if (present == null) {
      return new Outcome(PDU.resourceUnavailable, 0);
    }
    if (present.check(changes) instanceof ChangeResult.Rejected rejected) {
      return new Outcome(PDU.inconsistentValue, place(rejected, places));
    }
    try {
      ChangeResult result =
          present.apply(changes).toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      return outcome(result, places);
    } catch (TimeoutException e) {
      log.warn(
          "the director did not answer in {} s; whether it will apply is open", //
          DEADLINE_SECONDS);
      return new Outcome(PDU.undoFailed, 0);
    } catch (ExecutionException e) {
      log.error("the director failed to answer", e);
      return new Outcome(PDU.undoFailed, 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome(PDU.undoFailed, 0);
    }
  }

  private static Outcome outcome(ChangeResult result, Map<KeyPath, Integer> places) {
    return switch (result) {
      case ChangeResult.Committed committed -> DONE;
      // It was right when it was checked: somebody changed what it depends on in between.
      case ChangeResult.Rejected rejected -> new Outcome(PDU.commitFailed, place(rejected, places));
      case ChangeResult.Conflict conflict -> new Outcome(PDU.commitFailed, 1);
      case ChangeResult.Busy busy -> new Outcome(PDU.resourceUnavailable, 0);
    };
  }

  private static int place(ChangeResult.Rejected rejected, Map<KeyPath, Integer> places) {
    return rejected.violations().stream()
        .map(Violation::path)
        .filter(places::containsKey)
        .mapToInt(path -> places.getOrDefault(path, 1))
        .min()
        .orElse(1);
  }
}
