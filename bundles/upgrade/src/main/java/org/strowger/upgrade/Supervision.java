package org.strowger.upgrade;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks each second for bundles that fail, and climbs the {@link Ladder}: components, bundle,
 * process, the other director, the machine. It waits while an upgrade is under way, which has a
 * gate and a way back of its own. On the keeper's thread, but {@link #status}.
 */
final class Supervision {
  /** Begins the keys of {@link #status}: the subject follows. */
  static final String KEY = "supervision.";

  private static final Logger AUDIT = LoggerFactory.getLogger("audit");
  private static final Logger LOG = LoggerFactory.getLogger(Supervision.class);

  private final Symptoms symptoms;
  private final Cures cures;
  private final Ladder ladder;
  private final Budgets budgets;
  private final NodeActs nodeActs;
  private final Standing standing;
  private final Steady clock;

  /** When each fault was seen first, in a row of looks. */
  private final Map<String, Instant> since = new HashMap<>();

  /** Faults for which nothing was left to do: said once. */
  private final Set<String> hopeless = new HashSet<>();

  /** Content of the bundles that were acted on: another one is forgiven. */
  private final Map<String, Long> content = new HashMap<>();

  /** Until then it is seen whether what was done about memory helped. */
  private Instant memoryJudged = Instant.MIN;

  private volatile Map<String, String> status = Map.of();

  /**
   * @param clock of all windows and budgets
   */
  Supervision(
      Symptoms symptoms,
      Cures cures,
      Budgets budgets,
      NodeActs nodeActs,
      Standing standing,
      Steady clock) {
    this.symptoms = symptoms;
    this.cures = cures;
    this.budgets = budgets;
    this.ladder = new Ladder(budgets);
    this.nodeActs = nodeActs;
    this.standing = standing;
    this.clock = clock;
    nodeActs.forEach(clock.now(), ladder::did);
  }

  /** What it did lately, and what it could not; by {@link #KEY} and subject; any thread. */
  Map<String, String> status() {
    return status;
  }

  /** Once a second. */
  void look() {
    try {
      lookOnce();
    } catch (RuntimeException | Error e) {
      // Whatever it is, also of a class that is broken: a look that fails must not end the looking.
      LOG.atError().setCause(e).log("the bundles were not looked at");
    }
  }

  private void lookOnce() {
    if (standing.underWay()) {
      symptoms.forget();
      since.clear();
      return;
    }
    if (!symptoms.settled()) {
      since.clear();
      return;
    }
    forgive();
    Instant now = clock.now();
    Set<String> seen = new HashSet<>();
    boolean ofNode = false;
    for (Fault fault : symptoms.look()) {
      seen.add(fault.key());
      Instant first = since.computeIfAbsent(fault.key(), key -> now);
      // What concerns the whole process may be the end of the other faults too: it is waited for.
      if (!ofNode && !now.isBefore(first.plus(fault.hold(budgets)))) {
        ofNode = act(fault);
      }
    }
    since.keySet().retainAll(seen);
    hopeless.retainAll(seen);
    publish(clock.now());
  }

  private void forgive() {
    content
        .entrySet()
        .removeIf(
            each -> {
              Optional<Bundle> bundle = symptoms.bundle(each.getKey());
              boolean other = bundle.isEmpty() || bundle.get().getLastModified() != each.getValue();
              if (other) {
                ladder.forgive(each.getKey());
                cures.released(each.getKey());
              }
              return other;
            });
  }

  /** Whether something was done, or tried, that concerns more than one bundle. */
  private boolean act(Fault fault) {
    Optional<Fault> meant =
        fault.kind() == Fault.Kind.MEMORY ? afterCollection() : Optional.of(fault);
    if (meant.isEmpty()) {
      return false;
    }
    Fault blamed = meant.get();
    Optional<Bundle> bundle = symptoms.bundle(blamed.subject());
    if (bundle.isPresent() && cures.isShutOut(blamed.subject())) {
      return false;
    }
    boolean essential = bundle.map(cures::essential).orElse(true);
    Set<Rung> offered = cures.offered(bundle, blamed, nodeActs.holds(Rung.REBOOT));
    Optional<Rung> rung = ladder.next(blamed, essential, offered, clock.now());
    if (rung.isEmpty()) {
      if (hopeless.add(fault.key())) {
        LOG.atWarn()
            .addKeyValue("bundle", blamed.subject())
            .log("nothing is done now about: {}", blamed.why());
      }
      return false;
    }
    if (rung.get().ofNode() && !mayGoOn(rung.get(), blamed, fault)) {
      return false;
    }
    hopeless.remove(fault.key());
    bundle.ifPresent(each -> content.put(blamed.subject(), each.getLastModified()));
    String refused = cures.apply(rung.get(), bundle, blamed);
    ladder.did(blamed, new Ladder.Act(rung.get(), clock.now(), blamed.why(), refused));
    tell(rung.get(), blamed, refused);
    publish(clock.now());
    if (rung.get().ofNode() && !refused.isEmpty()) {
      correct(refused);
    } else if (refused.isEmpty() && blamed.kind() == Fault.Kind.DEADLOCK && !blamed.ofProcess()) {
      symptoms.leaveBehind();
    }
    return rung.get().ofNode();
  }

  private void tell(Rung rung, Fault fault, String refused) {
    String result = refused.isEmpty() ? "done" : refused;
    AUDIT
        .atInfo()
        .addKeyValue("origin", "supervision")
        .addKeyValue("bundle", fault.subject())
        .addKeyValue("rung", rung.word)
        .addKeyValue("why", fault.why().replaceAll("\\p{Cntrl}", " "))
        .addKeyValue("result", result.replaceAll("\\p{Cntrl}", " "))
        .log("supervision");
    LOG.atWarn()
        .addKeyValue("bundle", fault.subject())
        .addKeyValue("rung", rung.word)
        .log("{}; {}", fault.why(), result);
  }

  /**
   * Writes down what is about to be done to the process or the machine, which may not come back to
   * this line. Where the disk takes nothing, the next process will not know of it: then it is done
   * only by a process that has run for the whole window by which it is counted. So it can happen
   * once a process, and not more often than its budget allows at least.
   */
  private boolean mayGoOn(Rung rung, Fault blamed, Fault fault) {
    try {
      nodeActs.add(rung, blamed);
      return true;
    } catch (IOException e) {
      Duration window = rung == Rung.REBOOT ? Budgets.REBOOT_WINDOW : budgets.processWindow();
      boolean may = clock.uptime().compareTo(window) >= 0;
      if (may || hopeless.add(fault.key())) {
        LOG.atError()
            .addKeyValue("rung", rung.word)
            .setCause(e)
            .log(
                may
                    ? "it cannot be written down, and is done all the same"
                    : "it cannot be written down, and is not done by a process as young as this");
      }
      return may;
    }
  }

  private void correct(String refused) {
    try {
      nodeActs.refused(refused);
    } catch (IOException e) {
      LOG.atError().setCause(e).log("it is written down as done, and was refused: {}", refused);
    }
  }

  /** What is left of a lack of memory; a plug-in that hoards it is asked to pay first. */
  private Optional<Fault> afterCollection() {
    Instant now = clock.now();
    if (now.isBefore(memoryJudged)) {
      return Optional.empty();
    }
    memoryJudged = now.plus(budgets.grace());
    return symptoms.memoryAfterCollection().map(this::blamed);
  }

  private Fault blamed(Fault fault) {
    return cures
        .hoarder(symptoms.inUse())
        .filter(found -> !cures.isShutOut(FailedBundles.name(found.bundle())))
        .map(
            found ->
                new Fault(
                    FailedBundles.name(found.bundle()),
                    Fault.Kind.GONE,
                    fault.why() + ", " + (found.bytes() >> 20) + " MiB of it its own objects"))
        .orElse(fault);
  }

  private void publish(Instant now) {
    Map<String, String> all = new TreeMap<>();
    ladder.told(now).forEach((subject, text) -> all.put(KEY + subject, text));
    status = Map.copyOf(all);
  }
}
