package org.strowger.upgrade;

import java.io.IOException;
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

  /** When each fault was seen first, in a row of looks. */
  private final Map<String, Instant> since = new HashMap<>();

  /** Faults for which nothing was left to do: said once. */
  private final Set<String> hopeless = new HashSet<>();

  /** Content of the bundles that were acted on: another one is forgiven. */
  private final Map<String, Long> content = new HashMap<>();

  /** Until then it is seen whether what was done about memory helped. */
  private Instant memoryJudged = Instant.MIN;

  private volatile Map<String, String> status = Map.of();

  Supervision(
      Symptoms symptoms, Cures cures, Budgets budgets, NodeActs nodeActs, Standing standing) {
    this.symptoms = symptoms;
    this.cures = cures;
    this.budgets = budgets;
    this.ladder = new Ladder(budgets);
    this.nodeActs = nodeActs;
    this.standing = standing;
    nodeActs.forEach(ladder::did);
  }

  /** What it did lately, and what it could not; by {@link #KEY} and subject; any thread. */
  Map<String, String> status() {
    return status;
  }

  /** Once a second. */
  void look() {
    try {
      look(Instant.now());
    } catch (RuntimeException | IOException e) {
      // A look that fails must not end the looking.
      LOG.atError().setCause(e).log("the bundles were not looked at");
    }
  }

  private void look(Instant now) throws IOException {
    if (standing.underWay() || !symptoms.settled()) {
      since.clear();
      return;
    }
    forgive();
    Set<String> seen = new HashSet<>();
    for (Fault fault : symptoms.look()) {
      seen.add(fault.key());
      Instant first = since.computeIfAbsent(fault.key(), key -> now);
      if (!now.isBefore(first.plus(fault.hold(budgets)))) {
        act(fault, now);
      }
    }
    since.keySet().retainAll(seen);
    hopeless.retainAll(seen);
    publish(now);
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

  private void act(Fault fault, Instant now) throws IOException {
    if (fault.kind() == Fault.Kind.MEMORY) {
      if (now.isBefore(memoryJudged)) {
        return;
      }
      memoryJudged = now.plus(budgets.grace());
    }
    Fault blamed = blamed(fault);
    Optional<Bundle> bundle = symptoms.bundle(blamed.subject());
    if (bundle.isPresent() && cures.isShutOut(blamed.subject())) {
      return;
    }
    boolean essential = bundle.map(cures::essential).orElse(true);
    Set<Rung> offered = cures.offered(bundle, blamed);
    Optional<Rung> rung = ladder.next(blamed, essential, offered, now);
    if (rung.isEmpty()) {
      if (hopeless.add(fault.key())) {
        LOG.atWarn()
            .addKeyValue("bundle", blamed.subject())
            .log("nothing is done now about: {}", blamed.why());
      }
      return;
    }
    hopeless.remove(fault.key());
    bundle.ifPresent(each -> content.put(blamed.subject(), each.getLastModified()));
    Ladder.Act act = new Ladder.Act(rung.get(), now, blamed.why());
    if (rung.get().compareTo(Rung.QUARANTINE) > 0) {
      nodeActs.add(blamed.subject(), act); // before it is done: the process may not come back here
    }
    ladder.did(blamed.subject(), act);
    String result = cures.apply(rung.get(), bundle, blamed);
    AUDIT
        .atInfo()
        .addKeyValue("origin", "supervision")
        .addKeyValue("bundle", blamed.subject())
        .addKeyValue("rung", rung.get().word)
        .addKeyValue("why", blamed.why().replaceAll("\\p{Cntrl}", " "))
        .addKeyValue("result", result.isEmpty() ? "done" : result)
        .log("supervision");
    LOG.atWarn()
        .addKeyValue("bundle", blamed.subject())
        .addKeyValue("rung", rung.get().word)
        .log("{}; {}", blamed.why(), result.isEmpty() ? "done" : result);
    if (fault.kind() == Fault.Kind.MEMORY) {
      System.gc(); // whether it helped is seen by what the next collection leaves
    }
    publish(now);
  }

  /** Of memory, a plug-in that hoards it is asked to pay first. */
  private Fault blamed(Fault fault) {
    if (fault.kind() != Fault.Kind.MEMORY) {
      return fault;
    }
    return cures
        .hoarder()
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
