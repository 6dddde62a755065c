package org.strowger.health;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.strowger.api.Check;
import org.strowger.api.CheckProvider;
import org.strowger.api.HealthCheck;

/** The offered types of health check, and the checks made of them; any thread. */
final class CheckShelf {
  /** A check that was made, and of what. */
  record Made(CheckProvider provider, Map<String, Object> options, Check check) {}

  /** By name, the newest first: when it goes, the one before it serves again. */
  private final Map<String, List<CheckProvider>> offers = new ConcurrentHashMap<>();

  /** By name of the health check. */
  private final Map<String, Made> made = new ConcurrentHashMap<>();

  void add(CheckProvider provider) {
    offers.merge(
        provider.name(),
        List.of(provider),
        (before, added) -> Stream.concat(added.stream(), before.stream()).toList());
  }

  void remove(CheckProvider provider) {
    // By identity of the service, not by its name, which its code may no longer be able to tell.
    offers.replaceAll(
        (name, present) -> present.stream().filter(other -> !other.equals(provider)).toList());
    offers.values().removeIf(List::isEmpty);
    made.values().removeIf(each -> each.provider.equals(provider));
  }

  /**
   * The check to look with; empty if no bundle offers its type now.
   *
   * @throws RuntimeException what a third party's provider throws
   */
  Optional<Made> of(HealthCheck wanted) {
    List<CheckProvider> offered = offers.get(wanted.type());
    if (offered == null) {
      return Optional.empty();
    }
    CheckProvider provider = offered.getFirst();
    Made present = made.get(wanted.name());
    if (present == null
        || !present.provider.equals(provider)
        || !present.options.equals(wanted.options())) {
      present = new Made(provider, wanted.options(), provider.create(wanted.options()));
      made.put(wanted.name(), present);
    }
    return Optional.of(present);
  }

  /** Whether the provider of this check is there still. */
  boolean offers(Made check) {
    return offers.values().stream().anyMatch(present -> present.contains(check.provider));
  }

  /** Forgets the checks that are wanted no more. */
  void retain(Map<String, ?> wanted) {
    made.keySet().retainAll(wanted.keySet());
  }
}
