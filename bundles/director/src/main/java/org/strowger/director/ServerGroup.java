package org.strowger.director;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.Loads;
import org.strowger.api.LookupTable;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Scheduler;

/**
 * The real servers of a service's pool, or of its backup pool, with the scheduler that chooses
 * among them and the modifiers that act on it. Indexes are those of the service's list. Used by the
 * holder of the service's lock: first {@link #lend}, then the questions.
 */
final class ServerGroup {
  /**
   * What is wanted and known of one.
   *
   * @param weights by index, after slow start; 0 for those that are quiesced or out of service
   * @param reachable those that are neither down nor out of service
   */
  record Wanted(
      String pool,
      List<RealServer> reals,
      List<Integer> weights,
      BitSet reachable,
      Serving serving,
      GuardedScheduler scheduler) {
    Wanted {
      weights = List.copyOf(weights);
    }
  }

  private final Wanted wanted;
  private final int offset;
  private final BitSet[] stages;
  private final FlowView plain;
  private final ModifiedView view;

  ServerGroup(Wanted wanted, int offset, ThresholdLatch[] latches, FlowView plain) {
    this.wanted = wanted;
    this.offset = offset;
    this.stages = wanted.serving.stages().toArray(BitSet[]::new);
    this.plain = plain;
    int[] weights = wanted.weights.stream().mapToInt(Integer::intValue).toArray();
    this.view = new ModifiedView(plain, weights, latches);
  }

  Wanted wanted() {
    return wanted;
  }

  /**
   * @param onlyLooking the questions to come change nothing
   */
  void lend(Loads loads, BitSet tried, boolean onlyLooking) {
    plain.lend(loads, tried);
    view.onlyLooking(onlyLooking);
  }

  /** The scheduler's choice in the first stage that has one; {@link Scheduler#NONE} if none has. */
  int pick(Flow flow) {
    for (BitSet stage : stages) {
      view.stage(stage);
      int index = wanted.scheduler.pick(flow, view);
      if (index != Scheduler.NONE) {
        view.chosen(index);
        return offset + index;
      }
    }
    return Scheduler.NONE;
  }

  /** What this scheduler, a copy, would choose in the first stage that has one. */
  int foresee(Flow flow, GuardedScheduler copy) {
    for (BitSet stage : stages) {
      view.stage(stage);
      int index = copy.pick(flow, view);
      if (index != Scheduler.NONE) {
        return offset + index;
      }
    }
    return Scheduler.NONE;
  }

  GuardedScheduler schedulerAhead() {
    return wanted.scheduler.ahead();
  }

  void blame(GuardedScheduler copy) {
    wanted.scheduler.blame(copy);
  }

  /** The scheduler's table, its owners by index of the service's list. */
  Optional<LookupTable> table() {
    view.stage(stages[stages.length - 1]);
    return wanted.scheduler.table(view).map(table -> table.shifted(offset));
  }

  /**
   * Adds the weights of those in the first stage that has anybody, or in the widest, full or not;
   * whether there are any.
   */
  boolean weights(int[] all, boolean widest) {
    for (int k = widest ? stages.length - 1 : 0; k < stages.length; k++) {
      boolean any = false;
      for (int i = stages[k].nextSetBit(0); i >= 0; i = stages[k].nextSetBit(i + 1)) {
        all[offset + i] = view.weight(i);
        any |= view.weight(i) > 0;
      }
      if (any) {
        return true;
      }
    }
    return false;
  }

  /** What {@link #pick} would choose. */
  int preview(Flow flow, List<String> steps) {
    for (int i = 0; i < stages.length; i++) {
      view.stage(stages[i]);
      int index = wanted.scheduler.preview(flow, view);
      if (index != Scheduler.NONE) {
        steps.add(stage(i));
        steps.add("the scheduler " + wanted.scheduler.name() + " chooses " + view.id(index));
        return offset + index;
      }
    }
    steps.add(stage(stages.length - 1));
    steps.add(
        eligible()
            ? "the scheduler " + wanted.scheduler.name() + " chooses nobody"
            : "nobody of it can take the connection");
    return Scheduler.NONE;
  }

  private String stage(int index) {
    String which =
        stages.length == 1
            ? ""
            : ", stage "
                + (index + 1)
                + " of "
                + stages.length
                + " by zone"
                + " and priority: "
                + stages[index].cardinality()
                + " real servers";
    return "pool " + wanted.pool + ": " + wanted.serving.why() + which;
  }

  /** Whether anybody could take the connection, if the scheduler only would. */
  boolean eligible() {
    view.stage(stages[stages.length - 1]);
    for (int i = 0; i < view.size(); i++) {
      if (view.weight(i) > 0 && view.available(i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether somebody would serve, were it not full. */
  boolean full() {
    BitSet everybody = stages[stages.length - 1];
    for (int i = everybody.nextSetBit(0); i >= 0; i = everybody.nextSetBit(i + 1)) {
      if (view.weight(i) > 0 && view.included(i) && view.full(i)) {
        return true;
      }
    }
    return false;
  }

  boolean has(int index) {
    return index >= offset && index < offset + view.size();
  }

  /** Whether a source that keeps to this real server may go there again. */
  boolean keeps(int index, boolean toQuiesced) {
    int i = index - offset;
    return wanted.reachable.get(i)
        && (view.weight(i) > 0 || toQuiesced)
        && view.included(i)
        && !view.full(i);
  }

  /** Notes a choice that the scheduler did not make. */
  void chosen(int index) {
    view.chosen(index - offset);
  }

  RealServerId id(int index) {
    return view.id(index - offset);
  }

  /** Tells those that are full and could serve otherwise, with {@code 10 of 10}. */
  void eachFull(BiConsumer<RealServerId, String> told) {
    for (int i = 0; i < view.size(); i++) {
      if (view.bounded(i) && view.full(i)) {
        told.accept(view.id(i), view.fill(i));
      }
    }
  }

  boolean bounded() {
    return wanted.reals.stream().anyMatch(real -> real.upperThreshold() > 0);
  }

  /** All of them as the scheduler sees them in the widest stage. */
  void candidates(List<Explanation.Candidate> all) {
    view.stage(stages[stages.length - 1]);
    for (int i = 0; i < view.size(); i++) {
      all.add(
          new Explanation.Candidate(
              view.id(i), view.weight(i), view.available(i), view.active(i), view.inactive(i)));
    }
  }
}
