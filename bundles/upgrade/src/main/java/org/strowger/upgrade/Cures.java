package org.strowger.upgrade;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Bundle;

/** Does what the {@link Ladder} decided. The keeper's thread. */
final class Cures {
  /** That one act may take; orders wait meanwhile. */
  static final int SECONDS = 30;

  private static final String UPGRADE = "org.strowger.upgrade";

  private final Exchange exchange;
  private final HandsOf hands;
  private final HeapSuspect suspect;
  private final Path home;
  private final Set<String> shutOut = new HashSet<>();

  /**
   * @param home the distribution: what it ships and does not call a plug-in is essential
   */
  Cures(Exchange exchange, HandsOf hands, HeapSuspect suspect, Path home) {
    this.exchange = exchange;
    this.hands = hands;
    this.suspect = suspect;
    this.home = home;
  }

  /** Whether the director cannot do its work without it. */
  static boolean essential(Bundle bundle, Path home) {
    String name = FailedBundles.name(bundle);
    String upgradeClass = bundle.getHeaders("").get("Strowger-Upgrade-Class");
    return !"plugin".equals(upgradeClass)
        && (name.startsWith(UPGRADE)
            || Files.exists(home.resolve("bundles").resolve(name + ".jar")));
  }

  boolean essential(Bundle bundle) {
    return essential(bundle, home);
  }

  boolean isShutOut(String name) {
    return shutOut.contains(name);
  }

  /** Another version of it is there. */
  void released(String name) {
    shutOut.remove(name);
  }

  Optional<HeapSuspect.Suspect> hoarder() {
    return suspect.find();
  }

  /** What can be done at all. */
  Set<Rung> offered(Optional<Bundle> bundle, Fault fault) {
    Set<Rung> offered = EnumSet.noneOf(Rung.class);
    bundle.ifPresent(
        each -> {
          boolean down = fault.kind() == Fault.Kind.DOWN;
          boolean keepsSockets =
              BundleJar.BESIDE.equals(each.getHeaders("").get(BundleJar.REPLACE));
          if (down || !keepsSockets) { // while it runs, its restart would cut what it carries
            offered.add(Rung.BUNDLE);
            boolean components = each.getHeaders("").get("Service-Component") != null;
            if (components && hands.there() && !UPGRADE.equals(each.getSymbolicName())) {
              offered.add(Rung.COMPONENT);
            }
          }
        });
    String supervisor = hands.supervisor();
    if (supervisor.contains("restart")) {
      offered.add(Rung.FRAMEWORK);
    }
    if (supervisor.contains("reboot")) {
      offered.add(Rung.REBOOT);
    }
    if (hands.there()) {
      offered.add(Rung.PEER);
    }
    return offered;
  }

  /** Why it could not be done; empty: it was. */
  String apply(Rung rung, Optional<Bundle> bundle, Fault fault) {
    try {
      Bounded.run(
          fault.subject(),
          SECONDS,
          () -> {
            String why = tried(rung, bundle, fault);
            if (!why.isEmpty()) {
              throw new Refusal(why);
            }
          });
      return "";
    } catch (Refusal e) {
      return e.why();
    }
  }

  private String tried(Rung rung, Optional<Bundle> bundle, Fault fault) throws Refusal {
    switch (rung) {
      case COMPONENT -> {
        String id = Long.toString(bundle.orElseThrow().getBundleId());
        return hands.does(Map.of(Hands.WORD, Hands.COMPONENTS, Hands.ID, id));
      }
      case BUNDLE -> exchange.restart(bundle.orElseThrow());
      case QUARANTINE -> {
        shutOut.add(fault.subject());
        Exchange.stop(bundle.orElseThrow());
      }
      case FRAMEWORK -> {
        return hands.ends("restart", fault.subject() + ": " + fault.why());
      }
      case PEER -> {
        return hands.does(Map.of(Hands.WORD, Hands.STANDBY));
      }
      case REBOOT -> {
        return hands.ends("reboot", fault.subject() + ": " + fault.why());
      }
    }
    return "";
  }
}
