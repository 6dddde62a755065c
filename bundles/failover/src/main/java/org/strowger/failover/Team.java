package org.strowger.failover;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.strowger.api.DirectorRole;
import org.strowger.api.SwitchReason;
import org.strowger.api.Vrrp;

/**
 * Instances that move together: a sync group, or one instance alone. They become active when the
 * time of each is over, so that half a failure moves nothing that would be split; when one of them
 * loses its role, or cannot take part, all do. Pure like {@link Machine}.
 */
final class Team {
  private Team() {}

  /** Names of all that move together, each instance once. */
  static List<List<String>> of(Vrrp wanted) {
    List<List<String>> teams = new ArrayList<>(wanted.syncGroups().values());
    wanted.instances().keySet().stream()
        .filter(name -> teams.stream().noneMatch(team -> team.contains(name)))
        .map(List::of)
        .toList()
        .forEach(teams::add);
    return List.copyOf(teams);
  }

  /**
   * One instance.
   *
   * @param name of it
   */
  record Member(String name, Terms terms, Standing standing) {}

  /** What comes of an event: all members, and what is to be done for which. */
  record Step(List<Member> members, Map<String, List<Effect>> effects) {}

  /**
   * Something happened to one member, or to all.
   *
   * @param name of the member; empty for all
   */
  static Step step(List<Member> members, String name, Event event, long now) {
    Work work = new Work(members, now);
    for (String each : work.names()) {
      if (name.isEmpty() || name.equals(each)) {
        work.take(each, event);
      }
    }
    work.fallTogether();
    work.riseTogether();
    return new Step(List.copyOf(work.members.values()), work.effects);
  }

  /** When the next {@link Event.Tick} is due. */
  static long due(List<Member> of, long now) {
    List<Member> members = share(of);
    boolean all = members.stream().allMatch(member -> ready(member, now));
    long next = Standing.NEVER;
    for (Member member : members) {
      next = Math.min(next, due(member, all, now));
    }
    return next;
  }

  private static long due(Member member, boolean all, long now) {
    Standing standing = member.standing();
    Terms terms = member.terms();
    return switch (standing.role()) {
      case INITIALIZE ->
          terms.unusable().isEmpty() ? Math.max(now, terms.startAt()) : Standing.NEVER;
      // Who waits for the others is not asked again and again.
      case BACKUP ->
          terms.forced() || (Machine.ripe(terms, standing, now) && !all)
              ? Standing.NEVER
              : standing.due();
      case ACTIVE -> Math.min(standing.due(), standing.said().announceAt());
    };
  }

  /** What one cannot, all cannot. */
  private static List<Member> share(List<Member> members) {
    Optional<SwitchReason> why =
        members.stream().flatMap(each -> each.terms().unusable().stream()).findFirst();
    boolean forced = members.stream().anyMatch(each -> each.terms().forced());
    return members.stream()
        .map(each -> new Member(each.name(), each.terms().with(why, forced), each.standing()))
        .toList();
  }

  private static boolean ready(Member member, long now) {
    return member.standing().role() == DirectorRole.ACTIVE
        || Machine.ripe(member.terms(), member.standing(), now);
  }

  /** The members while they change. */
  private static final class Work {
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, List<Effect>> effects = new LinkedHashMap<>();
    private final long now;

    Work(List<Member> members, long now) {
      this.now = now;
      share(members).forEach(member -> this.members.put(member.name(), member));
    }

    List<String> names() {
      return List.copyOf(members.keySet());
    }

    void take(String name, Event event) {
      Member member = members.get(name);
      if (member != null) {
        Machine.Step step = Machine.step(member.terms(), member.standing(), event, now);
        members.put(name, new Member(name, member.terms(), step.standing()));
        effects.computeIfAbsent(name, n -> new ArrayList<>()).addAll(step.effects());
      }
    }

    /** One lost its role just now: so do those that still have it. */
    void fallTogether() {
      Optional<SwitchReason> fallen =
          effects.values().stream()
              .flatMap(List::stream)
              .filter(Effect.Changed.class::isInstance)
              .map(Effect.Changed.class::cast)
              .filter(changed -> changed.from() == DirectorRole.ACTIVE)
              .map(Effect.Changed::why)
              .findFirst();
      fallen.ifPresent(why -> names().forEach(name -> fall(name, why)));
    }

    private void fall(String name, SwitchReason why) {
      Member member = members.get(name);
      if (member == null || member.standing().role() != DirectorRole.ACTIVE) {
        return;
      }
      boolean yielded = members.values().stream().anyMatch(each -> each.standing().yielded());
      take(name, new Event.Yield(why));
      Member fallen = members.get(name);
      if (fallen != null && !yielded) { // it only follows: whether it preempts is as configured
        Standing standing = fallen.standing().yields(false);
        members.put(name, new Member(name, fallen.terms(), standing));
      }
    }

    void riseTogether() {
      boolean some =
          members.values().stream()
              .anyMatch(each -> Machine.ripe(each.terms(), each.standing(), now));
      if (some && members.values().stream().allMatch(each -> ready(each, now))) {
        for (String name : names()) {
          Member member = members.get(name);
          if (member != null && member.standing().role() == DirectorRole.BACKUP) {
            take(name, new Event.TakeOver());
          }
        }
      }
    }
  }
}
