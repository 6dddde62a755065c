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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.PDU;
import org.snmp4j.smi.Variable;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Director;
import org.strowger.api.KeyPath;
import org.strowger.api.Origin;
import org.strowger.api.Violation;

/**
 * What the bindings of one SET (RFC 3416, 4.2.5) amount to: one {@link ChangeSet}, so that the
 * director applies all or none. Types and ranges are judged here, everything else by the director:
 * first it is asked ({@link Director#check}), which tells the binding that is wrong, then told
 * ({@link Director#apply}). Used by one thread.
 */
final class Draft {
  /** Time the director has for a change, in seconds. */
  static final int DEADLINE_SECONDS = 5;

  private static final Logger log = LoggerFactory.getLogger(Draft.class);
  private static final Outcome DONE = new Outcome(PDU.noError, 0);

  /**
   * @param errorIndex the binding that is wrong, from 1; 0 if it is none of them
   */
  record Outcome(int errorStatus, int errorIndex) {}

  private final Supplier<Optional<Director>> director;
  private final Origin origin;
  private final Map<KeyPath, Integer> places = new LinkedHashMap<>();
  private final List<Change> changes = new ArrayList<>();
  private @Nullable Outcome applied;

  Draft(Supplier<Optional<Director>> director, Origin origin) {
    this.director = director;
    this.origin = origin;
  }

  /** Bindings that were added. */
  int size() {
    return changes.size();
  }

  /**
   * Adds what the next binding asks for.
   *
   * @param slot where it writes to, null if nothing there can ever be written
   * @return the first thing wrong with it in RFC 3416's order, or {@link PDU#noError}
   */
  int add(Subtree.@Nullable Slot slot, Variable value) {
    if (slot == null) {
      return PDU.notWritable;
    }
    int fault = slot.writable().fault().applyAsInt(value);
    if (fault != PDU.noError) {
      return fault;
    }
    KeyPath path = slot.path();
    if (path == null) {
      return PDU.noCreation;
    }
    if (places.putIfAbsent(path, changes.size() + 1) != null) {
      return PDU.inconsistentValue;
    }
    changes.add(new Change.Put(path, slot.writable().value().apply(value)));
    return PDU.noError;
  }

  /** Whether the director would apply it; changes nothing. */
  Outcome check() {
    Director present = director.get().orElse(null);
    if (present == null) {
      return new Outcome(PDU.resourceUnavailable, 0);
    }
    return present.check(changeSet()) instanceof ChangeResult.Rejected rejected
        ? new Outcome(PDU.inconsistentValue, place(rejected))
        : DONE;
  }

  /** Makes the director apply it, once; later calls tell what came of it. */
  Outcome apply() {
    Outcome known = applied;
    if (known == null) {
      Director present = director.get().orElse(null);
      known = present == null ? new Outcome(PDU.resourceUnavailable, 0) : apply(present);
      applied = known;
    }
    return known;
  }

  private ChangeSet changeSet() {
    return new ChangeSet(origin, OptionalLong.empty(), changes, "");
  }

  private Outcome apply(Director present) {
    try {
      return outcome(
          present.apply(changeSet()).toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS));
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

  private Outcome outcome(ChangeResult result) {
    return switch (result) {
      case ChangeResult.Committed committed -> DONE;
      // It was right when it was checked: somebody changed what it depends on in between.
      case ChangeResult.Rejected rejected -> new Outcome(PDU.commitFailed, place(rejected));
      case ChangeResult.Conflict conflict -> new Outcome(PDU.commitFailed, 1);
      case ChangeResult.Busy busy -> new Outcome(PDU.resourceUnavailable, 0);
    };
  }

  private int place(ChangeResult.Rejected rejected) {
    return rejected.violations().stream()
        .map(Violation::path)
        .filter(places::containsKey)
        .mapToInt(path -> places.getOrDefault(path, 1))
        .min()
        .orElse(1);
  }
}
