package org.strowger.director;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Who of a pool may serve: by health, priority groups, zone, and panic threshold. Worked out when
 * health or configuration changes, not for each connection.
 *
 * <p>The answer comes in stages. The first is who should serve; a chooser whose scheduler finds
 * nobody there (all are full, say) goes on to the next, wider one. Each contains the one before.
 *
 * @param stages by index of the pool's list; the last is everybody who could serve at all
 * @param panic too few were healthy, so that those that look down serve too
 * @param closed nobody serves whoever is up, because the quorum is lost
 * @param why one clause for people
 */
record Serving(List<BitSet> stages, boolean panic, boolean closed, String why) {
  Serving {
    stages = List.copyOf(stages);
  }

  /**
   * What the operator wants.
   *
   * @param minUp a lower priority group joins while fewer than this are up in those above it; 1 or
   *     more
   * @param panicPercent if fewer than this share of the pool is up, all are used; 0 for never
   * @param zone real servers of this zone are preferred; empty for no preference
   */
  record Policy(int minUp, int panicPercent, String zone) {
    static final Policy PLAIN = new Policy(1, 0, "");
  }

  /**
   * A real server of the pool.
   *
   * @param priority the larger serves first
   * @param zone where it stands, or empty
   * @param wanted in service with a weight above 0
   * @param up healthy
   */
  record Member(int priority, String zone, boolean wanted, boolean up) {
    boolean serves() {
      return wanted && up;
    }
  }

  /** Nobody serves, whoever is up. */
  static Serving nobody(String why) {
    return new Serving(List.of(new BitSet()), false, true, why);
  }

  /** Whether there is nobody who could serve. */
  boolean nobody() {
    return stages.getLast().isEmpty();
  }

  static Serving of(Policy policy, List<Member> members) {
    long wanted = members.stream().filter(Member::wanted).count();
    long serving = members.stream().filter(Member::serves).count();
    boolean panic = wanted > 0 && serving * 100 < policy.panicPercent * wanted;
    Predicate<Member> usable = panic ? Member::wanted : Member::serves;
    List<BitSet> stages = new ArrayList<>();
    int lowest = Integer.MAX_VALUE;
    for (int priority : priorities(members, usable)) {
      BitSet group = set(members, usable.and(member -> member.priority >= priority));
      if (stages.isEmpty()
          && group.cardinality() < policy.minUp
          && widens(members, usable, group)) {
        continue;
      }
      if (stages.isEmpty()) {
        lowest = priority;
        addZone(policy, members, group, stages);
      }
      stages.add(group);
    }
    if (stages.isEmpty()) {
      stages.add(new BitSet());
    }
    return new Serving(stages, panic, false, why(policy, panic, serving, wanted, lowest));
  }

  /** The priorities of those that are usable, the largest first. */
  private static Iterable<Integer> priorities(List<Member> members, Predicate<Member> usable) {
    TreeSet<Integer> priorities = new TreeSet<>();
    members.stream().filter(usable).forEach(member -> priorities.add(member.priority));
    return priorities.descendingSet();
  }

  private static boolean widens(List<Member> members, Predicate<Member> usable, BitSet group) {
    return members.stream().filter(usable).count() > group.cardinality();
  }

  private static void addZone(
      Policy policy, List<Member> members, BitSet group, List<BitSet> stages) {
    if (policy.zone.isEmpty()) {
      return;
    }
    BitSet near = set(members, member -> member.zone.equals(policy.zone));
    near.and(group);
    if (near.cardinality() >= policy.minUp && !near.equals(group)) {
      stages.add(near);
    }
  }

  private static BitSet set(List<Member> members, Predicate<Member> wanted) {
    BitSet set = new BitSet(members.size());
    for (int i = 0; i < members.size(); i++) {
      set.set(i, wanted.test(members.get(i)));
    }
    return set;
  }

  private static String why(Policy policy, boolean panic, long serving, long wanted, int lowest) {
    if (panic) {
      return "only "
          + serving
          + " of "
          + wanted
          + " real servers are up, fewer than the panic threshold of "
          + policy.panicPercent
          + " %: all are used";
    }
    return serving == 0
        ? "no real server is up"
        : serving + " of " + wanted + " real servers are up; priorities from " + lowest + " serve";
  }
}
