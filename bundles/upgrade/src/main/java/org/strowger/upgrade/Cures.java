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

  /** Header by which a bundle says whether the director cannot do its work without it. */
  static final String ESSENTIAL = "Strowger-Essential";

  private static final String UPGRADE = "org.strowger.upgrade";

  private final Exchange exchange;
  private final HandsOf hands;
  private final HeapSuspect suspect;
  private final Path home;
  private final Set<String> shutOut = new HashSet<>();

  /**
   * @param home the distribution: what it ships is essential unless it says otherwise
   */
  Cures(Exchange exchange, HandsOf hands, HeapSuspect suspect, Path home) {
    this.exchange = exchange;
    this.hands = hands;
    this.suspect = suspect;
    this.home = home;
  }

  /**
   * Whether the director cannot do its work without it: how it is upgraded does not tell, for a
   * bundle may be exchanged as easily as a plug-in and be missed all the same. What says nothing
   * and was shipped is essential, too; what was added is not.
   */
  static boolean essential(Bundle bundle, Path home) {
    String said = bundle.getHeaders("").get(ESSENTIAL);
    if (said != null) {
      return Boolean.parseBoolean(said.strip());
    }
    String name = FailedBundles.name(bundle);
    return name.startsWith(UPGRADE) || Files.exists(home.resolve("bundles").resolve(name + ".jar"));
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

  /**
   * A plug-in that hoards memory.
   *
   * @param inUse bytes of the heap that stay in use
   */
  Optional<HeapSuspect.Suspect> hoarder(long inUse) {
    return suspect.find(inUse);
  }

  /**
   * What can be done at all.
   *
   * @param rebooted the machine was started anew before, at a time that a clock says which may not
   *     have been right; then a clock that follows no time cannot tell whether it may be again
   */
  Set<Rung> offered(Optional<Bundle> bundle, Fault fault, boolean rebooted) {
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
    if (supervisor.contains("reboot") && (!rebooted || yes(Hands.CLOCK))) {
      offered.add(Rung.REBOOT);
    }
    if (yes(Hands.PEER)) {
      offered.add(Rung.PEER);
    }
    return offered;
  }

  /** Asks the director, where there is one; nobody who can tell is no. */
  private boolean yes(String word) {
    return hands.there() && hands.does(Map.of(Hands.WORD, word)).isEmpty();
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
        return hands.does(Map.of(Hands.WORD, Hands.HAND_OVER));
      }
      case REBOOT -> {
        return hands.ends("reboot", fault.subject() + ": " + fault.why());
      }
    }
    return "";
  }
}
