package org.strowger.snmp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
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
  private final Consumer<Asked> act;
  private final Origin origin;
  private final Map<KeyPath, Integer> places = new LinkedHashMap<>();
  private final List<Change> rows = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private final List<Asked> acts = new ArrayList<>();
  private final List<Asked.Provided> provisos = new ArrayList<>();
  private Optional<Duration> confirm = Optional.empty();
  private String comment = "";
  private int size;
  private @Nullable Outcome applied;

  /**
   * @param act does what no change of the director is
   */
  Draft(Supplier<Optional<Director>> director, Origin origin, Consumer<Asked> act) {
    this.director = director;
    this.origin = origin;
    this.act = act;
  }

  /** Bindings that were added. */
  int size() {
    return size;
  }

  /** Whether the director was told, and so has written what became of it. */
  boolean wasApplied() {
    return applied != null;
  }

  Origin origin() {
    return origin;
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
    int fault = slot.fault().applyAsInt(value);
    if (fault != PDU.noError) {
      return fault;
    }
    if (slot.asked() == null) {
      return PDU.noCreation;
    }
    Asked asked = slot.asked().apply(value);
    if (asked instanceof Asked.Fault(int status)) {
      return status;
    }
    List<KeyPath> names = names(asked);
    if (names.stream().anyMatch(places::containsKey)) {
      return PDU.inconsistentValue;
    }
    size++;
    names.forEach(name -> places.put(name, size));
    take(asked);
    return PDU.noError;
  }

  /** What makes it the same as another binding, and where the director complains of it. */
  private static List<KeyPath> names(Asked asked) {
    return asked instanceof Asked.Both(Asked.Put first, Asked.Put second)
        ? List.of(first.path(), second.path())
        : List.of(name(asked));
  }

  private static KeyPath name(Asked asked) {
    return switch (asked) {
      case Asked.Put put -> put.path();
      case Asked.Remove remove -> remove.path();
      case Asked.Create create -> create.path();
      case Asked.Both both -> both.first().path();
      case Asked.Provided proviso -> proviso.name();
      case Asked.Nothing nothing -> nothing.name();
      case Asked.Of other -> other.name();
      case Asked.Confirm _ -> KeyPath.of("confirm");
      case Asked.Comment _ -> KeyPath.of("comment");
      case Asked.Replay again -> KeyPath.of("replay", again.target());
      case Asked.Upgrade _ -> KeyPath.of("upgrade");
      case Asked.Failover _ -> KeyPath.of("failover");
      case Asked.Fault _ -> throw new IllegalArgumentException("a fault asks for nothing");
    };
  }

  private void take(Asked asked) {
    switch (asked) {
      case Asked.Put put -> changes.add(new Change.Put(put.path(), put.value()));
      case Asked.Remove remove -> changes.add(new Change.Remove(remove.path()));
      case Asked.Both(Asked.Put first, Asked.Put second) -> {
        changes.add(new Change.Put(first.path(), first.value()));
        changes.add(new Change.Put(second.path(), second.value()));
      }
      case Asked.Create create -> rows.add(new Change.Put(create.path(), Map.of()));
      case Asked.Of other -> changes.add(other.change());
      case Asked.Confirm time -> confirm = Optional.of(time.time());
      case Asked.Comment text -> comment = text.text();
      case Asked.Replay _, Asked.Upgrade _, Asked.Failover _ -> acts.add(asked);
      case Asked.Provided proviso -> provisos.add(proviso);
      case Asked.Nothing _, Asked.Fault _ -> {
        // Nothing is to be done.
      }
    }
  }

  /** Whether the director would apply it; changes nothing. */
  Outcome check() {
    for (Asked.Provided proviso : provisos) {
      if (!holds(proviso)) {
        return new Outcome(PDU.inconsistentValue, place(proviso.name()));
      }
    }
    Director present = director.get().orElse(null);
    if (present == null) {
      return new Outcome(PDU.resourceUnavailable, 0);
    }
    return switch (present.check(changeSet())) {
      case ChangeResult.Rejected rejected ->
          new Outcome(
              isMissingRow(rejected) ? PDU.inconsistentName : PDU.inconsistentValue,
              place(rejected));
      case ChangeResult.Conflict _ -> new Outcome(PDU.inconsistentValue, 1);
      case ChangeResult.Committed _, ChangeResult.Busy _ -> DONE;
    };
  }

  private boolean holds(Asked.Provided proviso) {
    return changes.stream()
        .filter(change -> change instanceof Change.Put put && put.path().equals(proviso.key()))
        .map(change -> proviso.holds().test(((Change.Put) change).value()))
        .findFirst()
        .orElse(proviso.otherwise());
  }

  /** Makes the director apply it, once; later calls tell what came of it. */
  Outcome apply() {
    Outcome known = applied;
    if (known == null) {
      Director present = director.get().orElse(null);
      known = present == null ? new Outcome(PDU.resourceUnavailable, 0) : apply(present);
      if (known.errorStatus() == PDU.noError) {
        acts.forEach(act);
      }
      applied = known;
    }
    return known;
  }

  /** Rows first, so that their columns find them. */
  private ChangeSet changeSet() {
    List<Change> all = new ArrayList<>(rows);
    all.addAll(changes);
    return new ChangeSet(origin, OptionalLong.empty(), all, comment, confirm);
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
        .mapToInt(this::place)
        .filter(place -> place > 0)
        .min()
        .orElse(1);
  }

  /** The binding at this key, or the first below it; 0 if there is none. */
  private int place(KeyPath path) {
    Integer exact = places.get(path);
    if (exact != null) {
      return exact;
    }
    return places.entrySet().stream()
        .filter(entry -> isBelow(entry.getKey(), path))
        .mapToInt(Map.Entry::getValue)
        .min()
        .orElse(0);
  }

  private static boolean isBelow(KeyPath below, KeyPath above) {
    int length = above.keys().size();
    return length > 0
        && below.keys().size() > length
        && below.keys().subList(0, length).equals(above.keys());
  }

  /** Columns of a row that is neither there nor made by this SET. */
  private boolean isMissingRow(ChangeResult.Rejected rejected) {
    return rejected.violations().stream()
        .map(Violation::path)
        .anyMatch(path -> !places.containsKey(path) && place(path) > 0);
  }
}
