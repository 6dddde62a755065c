package org.strowger.upgrade;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.util.promise.Promise;
import org.strowger.api.Director;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverCommand;
import org.strowger.api.FailoverState;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.PluginState;
import org.strowger.api.Snapshot;
import org.strowger.api.SyncState;
import org.strowger.release.Migrations;

/**
 * What the keeper's supervision cannot do itself, as it knows neither components nor the director:
 * in words of the JDK, for it outlives this bundle.
 */
final class Hands implements Function<Map<String, String>, Map<String, String>> {
  /** Service property by which the keeper finds it. */
  static final String PROPERTY = "strowger.upgrade.hands";

  static final String WORD = "word";

  /** Restarts the components of the bundle of that id. */
  static final String COMPONENTS = "components";

  static final String ID = "id";

  /** Whether another director could take over now; changes nothing. */
  static final String PEER = "peer";

  /** Another director takes over; this one comes back when that one is lost, or does not. */
  static final String HAND_OVER = "handOver";

  /** Whether the machine's clock follows the time; changes nothing. */
  static final String CLOCK = "clock";

  /** Bundles of plug-ins that the director asks no more: the name of one, and why. */
  static final String SHUT_OUT = "shutOut";

  /** Finds out whether the configuration goes into another shape; changes nothing. */
  static final String MIGRATE = "migrate";

  static final String RULES = "rules";

  /** Not done: why. */
  static final String FAILED = "failed";

  private final ServiceComponentRuntime components;
  private final Function<Long, @Nullable Bundle> bundles;
  private final Supplier<@Nullable Director> director;
  private final Supplier<SyncState> sync;
  private final BooleanSupplier clockFollows;

  /**
   * @param bundles by their ids
   * @param director the present one; null while there is none
   * @param sync what other directors are told; {@link SyncState#NONE} while nobody tells
   * @param clockFollows whether the machine's clock follows the time, as far as anybody can tell
   */
  Hands(
      ServiceComponentRuntime components,
      Function<Long, @Nullable Bundle> bundles,
      Supplier<@Nullable Director> director,
      Supplier<SyncState> sync,
      BooleanSupplier clockFollows) {
    this.components = components;
    this.bundles = bundles;
    this.director = director;
    this.sync = sync;
    this.clockFollows = clockFollows;
  }

  @Override
  public Map<String, String> apply(Map<String, String> request) {
    return switch (request.getOrDefault(WORD, "")) {
      case COMPONENTS -> restart(Plan.number(request, ID));
      case PEER -> handOver(false);
      case HAND_OVER -> handOver(true);
      case CLOCK ->
          clockFollows.getAsBoolean()
              ? Map.of()
              : Map.of(FAILED, "nobody says that the machine's clock follows the time");
      case SHUT_OUT -> shutOut();
      case MIGRATE -> migrate(Migrations.read(request.getOrDefault(RULES, "")));
      default -> Map.of(FAILED, "unknown word: " + request.get(WORD));
    };
  }

  private Map<String, String> restart(long id) {
    Bundle bundle = bundles.apply(id);
    if (bundle == null) {
      return Map.of(FAILED, "there is no bundle " + id);
    }
    try {
      for (ComponentDescriptionDTO each : components.getComponentDescriptionDTOs(bundle)) {
        await(components.disableComponent(each));
        await(components.enableComponent(each));
      }
      return Map.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Map.of(FAILED, "interrupted");
    }
  }

  /** The caller interrupts what takes too long. */
  private static void await(Promise<Void> done) throws InterruptedException {
    Throwable failure = done.getFailure();
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  private Map<String, String> handOver(boolean really) {
    Director present = director.get();
    if (present == null) {
      return Map.of(FAILED, "there is no director");
    }
    Optional<String> why = whyNotHandOver(present.snapshot().failover(), sync.get());
    if (why.isEmpty() && really) {
      Origin origin = new Origin(OriginKind.FACTORY, "supervision", "");
      why = present.failover(FailoverCommand.SWITCH, "", origin);
    }
    return why.map(text -> Map.of(FAILED, text)).orElse(Map.of());
  }

  /**
   * Why nothing may be given away now. A director that is on standby sends no adverts, so what
   * tells that another one lives is that it is active in some instance, in a pair each of which is
   * active in one; or that it acknowledges the connections that it is told, in time. An address
   * that nobody takes is worse than one at a director that is not well.
   */
  static Optional<String> whyNotHandOver(FailoverState state, SyncState sync) {
    if (state.unavailable().isPresent()) {
      return state.unavailable();
    }
    if (state.instances().isEmpty()) {
      return Optional.of("this director is alone: no VRRP instance is configured");
    }
    if (state.instances().values().stream().noneMatch(each -> each.role() == DirectorRole.ACTIVE)) {
      return Optional.of("this director is not active, so it has nothing to hand over");
    }
    boolean heard =
        state.instances().values().stream()
            .anyMatch(each -> each.role() == DirectorRole.BACKUP && each.active().isPresent());
    boolean told = sync.peers().values().stream().anyMatch(Hands::follows);
    return heard || told ? Optional.empty() : Optional.of("no other director is heard");
  }

  private static boolean follows(SyncState.Peer peer) {
    return peer.connected()
        && peer.bulkOut() == SyncState.Bulk.DONE
        && peer.lagMillis() <= SyncState.SMALL_LAG_MILLIS;
  }

  private Map<String, String> migrate(List<String> rules) {
    Director present = director.get();
    if (present == null) {
      return Map.of(FAILED, "there is no director to show it");
    }
    List<String> conflicts =
        present
            .revision(present.snapshot().revision())
            .map(revision -> Migrations.conflicts(rules, revision.tree()))
            .orElse(List.of("the present revision cannot be read"));
    return conflicts.isEmpty() ? Map.of() : Map.of(FAILED, String.join("; ", conflicts));
  }

  private Map<String, String> shutOut() {
    Director present = director.get();
    if (present == null) {
      return Map.of();
    }
    Snapshot snapshot = present.snapshot();
    Map<String, String> faulty =
        snapshot.schedulers().values().stream()
            .filter(each -> each.users() > 0 && each.state() == PluginState.FAILED)
            .collect(
                Collectors.toMap(
                    each -> each.bundleName(),
                    each -> "its scheduler " + each.name() + " is quarantined after faults",
                    (one, _) -> one));
    faulty.remove("");
    return faulty;
  }
}
