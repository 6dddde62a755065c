package org.strowger.upgrade;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.util.promise.Promise;
import org.strowger.api.Director;
import org.strowger.api.FailoverCommand;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.PluginState;
import org.strowger.api.Snapshot;
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

  /** Another director takes over, and this one waits until it is released. */
  static final String STANDBY = "standby";

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

  /**
   * @param bundles by their ids
   * @param director the present one; null while there is none
   */
  Hands(
      ServiceComponentRuntime components,
      Function<Long, @Nullable Bundle> bundles,
      Supplier<@Nullable Director> director) {
    this.components = components;
    this.bundles = bundles;
    this.director = director;
  }

  @Override
  public Map<String, String> apply(Map<String, String> request) {
    return switch (request.getOrDefault(WORD, "")) {
      case COMPONENTS -> restart(Plan.number(request, ID));
      case STANDBY -> standby();
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

  private Map<String, String> standby() {
    Director present = director.get();
    if (present == null) {
      return Map.of(FAILED, "there is no director");
    }
    Origin origin = new Origin(OriginKind.FACTORY, "supervision", "");
    return present
        .failover(FailoverCommand.FORCE_STANDBY, "", origin)
        .map(why -> Map.of(FAILED, why))
        .orElse(Map.of());
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
