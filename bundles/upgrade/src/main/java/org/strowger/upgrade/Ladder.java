package org.strowger.upgrade;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides what is done about a fault: the mildest thing that its budget leaves, and something
 * harder only when that did not help. Time comes in as an argument; it does nothing itself.
 *
 * <p>Four rules keep the cure from being worse than the fault. A plug-in never costs more than
 * itself: when restarts do not help it is shut out, and what needs it goes on by the rules for a
 * missing plug-in. What its caller has shut out already, while traffic goes on without it, gets one
 * more chance, until another version of it comes, and is left alone then. A thread that died is no
 * reason to restart a bundle that carries traffic. And what concerns the whole process or machine
 * is done once, however many bundles fail together, and given its time before anything else of that
 * kind is done for any of them.
 */
final class Ladder {
  /** Acts that are remembered of one subject. */
  private static final int KEPT = 32;

  /**
   * Something that was done, or tried: a try is paid for like a deed, so that what is refused is
   * not asked for again and again.
   *
   * @param refused why it could not be done; empty: it was
   */
  record Act(Rung rung, Instant time, String why, String refused) {
    boolean done() {
      return refused.isEmpty();
    }
  }

  private final Budgets budgets;
  private final Map<String, Deque<Act>> acts = new TreeMap<>();

  /** Those that were shut out by their callers and had their chance. */
  private final Set<String> hadTheirChance = new HashSet<>();

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
    return nodeRecent(now) ? Optional.empty() : ofNode(offered, now);
  }

  private Optional<Rung> ofBundle(Fault fault, boolean essential, Set<Rung> offered, Instant now) {
    String subject = fault.subject();
    boolean component = fault.kind() != Fault.Kind.DOWN && offered.contains(Rung.COMPONENT);
    if (fault.kind() == Fault.Kind.SHUT_OUT) {
      return component && !hadTheirChance.contains(subject)
          ? Optional.of(Rung.COMPONENT)
          : Optional.empty();
    }
    if (component && count(subject, Rung.COMPONENT, budgets.window(), now) < budgets.components()) {
      return Optional.of(Rung.COMPONENT);
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
  void did(Fault fault, Act act) {
    if (fault.kind() == Fault.Kind.SHUT_OUT) {
      hadTheirChance.add(fault.subject());
    }
    did(fault.subject(), act);
  }

  /** An earlier process did it, or tried. */
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
    return last != null && recent(last, now);
  }

  private boolean recent(Act act, Instant now) {
    return now.isBefore(act.time().plus(budgets.grace()));
  }

  /** Whether the process or the machine was acted on a moment ago, whoever was the reason. */
  private boolean nodeRecent(Instant now) {
    return acts.values().stream()
        .flatMap(Deque::stream)
        .anyMatch(act -> act.rung().ofNode() && recent(act, now));
  }

  /** Another version of the bundle is there: it has all its chances. */
  void forgive(String subject) {
    hadTheirChance.remove(subject);
    Deque<Act> all = of(subject);
    all.removeIf(act -> !act.rung().ofNode());
    if (all.isEmpty()) {
      acts.remove(subject);
    }
  }

  /** What was done and tried lately, in words, by subject; over when the windows have passed. */
  Map<String, String> told(Instant now) {
    Map<String, String> told = new HashMap<>();
    acts.forEach(
        (subject, all) -> {
          List<Act> lately =
              all.stream()
                  .filter(act -> act.time().isAfter(now.minus(window(act.rung()))))
                  .toList();
          if (!lately.isEmpty()) {
            told.put(subject, words(lately));
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

  private static String words(List<Act> acts) {
    List<String> words = new ArrayList<>();
    for (Rung rung : Rung.values()) {
      long tried = acts.stream().filter(act -> act.rung() == rung).count();
      long done = acts.stream().filter(act -> act.rung() == rung && act.done()).count();
      if (done > 0) {
        words.add(done(rung, done));
      }
      if (tried > done) {
        words.add(failed(rung) + " failed " + (tried - done) + "x");
      }
    }
    Act last = acts.getLast();
    String why = String.join(", ", words) + ": " + last.why();
    return last.done() ? why : why + "; not done: " + last.refused();
  }

  private static String done(Rung rung, long times) {
    return switch (rung) {
      case COMPONENT -> "component restarted " + times + "x";
      case BUNDLE -> "bundle restarted " + times + "x";
      case QUARANTINE -> "shut out until another version comes";
      case FRAMEWORK -> "process restarted " + times + "x";
      case PEER -> "handed over to the other director " + times + "x";
      case REBOOT -> "machine restarted " + times + "x";
    };
  }

  private static String failed(Rung rung) {
    return switch (rung) {
      case COMPONENT -> "restart of its components";
      case BUNDLE -> "restart of the bundle";
      case QUARANTINE -> "shutting it out";
      case FRAMEWORK -> "restart of the process";
      case PEER -> "hand-over to the other director";
      case REBOOT -> "restart of the machine";
    };
  }
}
