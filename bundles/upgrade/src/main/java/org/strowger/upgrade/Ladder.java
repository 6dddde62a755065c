package org.strowger.upgrade;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Decides what is done about a fault: the mildest thing that its budget leaves, and something
 * harder only when that did not help. Time comes in as an argument; it does nothing itself.
 *
 * <p>Three rules keep the cure from being worse than the fault. A plug-in never costs more than
 * itself: when restarts do not help it is shut out, and what needs it goes on by the rules for a
 * missing plug-in. What its caller has shut out already, while traffic goes on without it, gets one
 * more chance and is left alone then. And a thread that died is no reason to restart a bundle that
 * carries traffic.
 */
final class Ladder {
  /** Acts that are remembered of one subject. */
  private static final int KEPT = 32;

  /** Something that was done. */
  record Act(Rung rung, Instant time, String why) {}

  private final Budgets budgets;
  private final Map<String, Deque<Act>> acts = new TreeMap<>();

  Ladder(Budgets budgets) {
    this.budgets = budgets;
  }

  /**
   * What to do now.
   *
   * @param essential whether the director cannot do its work without the subject
   * @param offered what can be done to this subject and on this machine at all
   * @return empty: wait whether the last act helps, or nothing is left
   */
  Optional<Rung> next(Fault fault, boolean essential, Set<Rung> offered, Instant now) {
    if (recent(fault.subject(), now) || (essential && fault.kind() == Fault.Kind.THREW)) {
      return Optional.empty();
    }
    if (!fault.ofProcess()) {
      Optional<Rung> mild = ofBundle(fault, essential, offered, now);
      if (mild.isPresent() || !essential || fault.kind() == Fault.Kind.SHUT_OUT) {
        return mild;
      }
    }
    return ofNode(offered, now);
  }

  private Optional<Rung> ofBundle(Fault fault, boolean essential, Set<Rung> offered, Instant now) {
    String subject = fault.subject();
    boolean shutOut = fault.kind() == Fault.Kind.SHUT_OUT;
    boolean component = fault.kind() != Fault.Kind.DOWN && offered.contains(Rung.COMPONENT);
    int components = shutOut ? 1 : budgets.components();
    if (component && count(subject, Rung.COMPONENT, budgets.window(), now) < components) {
      return Optional.of(Rung.COMPONENT);
    }
    if (shutOut) {
      return Optional.empty();
    }
    if (offered.contains(Rung.BUNDLE)
        && count(subject, Rung.BUNDLE, budgets.window(), now) < budgets.bundles()) {
      return Optional.of(Rung.BUNDLE);
    }
    return essential ? Optional.empty() : Optional.of(Rung.QUARANTINE);
  }

  private Optional<Rung> ofNode(Set<Rung> offered, Instant now) {
    Map<Rung, Integer> left = new EnumMap<>(Rung.class);
    left.put(Rung.FRAMEWORK, budgets.processes() - node(Rung.FRAMEWORK, now));
    left.put(Rung.PEER, 1 - node(Rung.PEER, now));
    left.put(Rung.REBOOT, budgets.reboots() - node(Rung.REBOOT, now));
    return left.entrySet().stream()
        .filter(each -> each.getValue() > 0 && offered.contains(each.getKey()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private int node(Rung rung, Instant now) {
    Duration window = rung == Rung.REBOOT ? Budgets.REBOOT_WINDOW : budgets.processWindow();
    return acts.keySet().stream().mapToInt(subject -> count(subject, rung, window, now)).sum();
  }

  private int count(String subject, Rung rung, Duration window, Instant now) {
    Instant from = now.minus(window);
    return (int)
        of(subject).stream().filter(act -> act.rung() == rung && act.time().isAfter(from)).count();
  }

  private Deque<Act> of(String subject) {
    return acts.getOrDefault(subject, new ArrayDeque<>());
  }

  /** It was done, or tried. */
  void did(String subject, Act act) {
    Deque<Act> all = acts.computeIfAbsent(subject, key -> new ArrayDeque<>());
    all.addLast(act);
    if (all.size() > KEPT) {
      all.removeFirst();
    }
  }

  /** Whether something was done about this subject a moment ago: it may help yet. */
  private boolean recent(String subject, Instant now) {
    Act last = of(subject).peekLast();
    return last != null && now.isBefore(last.time().plus(budgets.grace()));
  }

  /** Another version of the bundle is there: it has all its chances. */
  void forgive(String subject) {
    Deque<Act> all = of(subject);
    all.removeIf(act -> act.rung().compareTo(Rung.QUARANTINE) <= 0);
    if (all.isEmpty()) {
      acts.remove(subject);
    }
  }

  /** What was done lately, in words, by subject; over when the windows have passed. */
  Map<String, String> told(Instant now) {
    Map<String, String> told = new HashMap<>();
    acts.forEach(
        (subject, all) -> {
          Map<Rung, Long> counts =
              all.stream()
                  .filter(act -> act.time().isAfter(now.minus(window(act.rung()))))
                  .collect(
                      Collectors.groupingBy(
                          Act::rung, () -> new EnumMap<>(Rung.class), Collectors.counting()));
          Act last = all.peekLast();
          if (!counts.isEmpty() && last != null) {
            told.put(subject, words(counts) + ": " + last.why());
          }
        });
    return told;
  }

  private Duration window(Rung rung) {
    return switch (rung) {
      case COMPONENT, BUNDLE -> budgets.window();
      case QUARANTINE -> Duration.ofDays(36_500); // until it is forgiven
      case FRAMEWORK, PEER -> budgets.processWindow();
      case REBOOT -> Budgets.REBOOT_WINDOW;
    };
  }

  private static String words(Map<Rung, Long> counts) {
    return counts.entrySet().stream()
        .map(
            each ->
                switch (each.getKey()) {
                  case COMPONENT -> "component restarted " + each.getValue() + "x";
                  case BUNDLE -> "bundle restarted " + each.getValue() + "x";
                  case QUARANTINE -> "shut out until another version comes";
                  case FRAMEWORK -> "process restarted " + each.getValue() + "x";
                  case PEER -> "handed over to the other director";
                  case REBOOT -> "machine restarted " + each.getValue() + "x";
                })
        .collect(Collectors.joining(", "));
  }
}
