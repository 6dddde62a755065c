package org.strowger.director;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.strowger.api.CheckProvider;
import org.strowger.api.CheckTypeState;
import org.strowger.api.HealthCheck;
import org.strowger.api.PluginState;

/** The offered types of health check; any thread. */
final class CheckTypes {
  /** A provider with the bundle it came from. */
  record Offer(CheckProvider provider, String bundleName, String version, Instant since) {}

  private record Past(Offer offer, long swaps) {}

  /** By name, the newest first: when it goes, the one before it serves again. */
  private final Map<String, List<Offer>> offers = new ConcurrentHashMap<>();

  private final Map<String, Past> past = new ConcurrentHashMap<>();

  void add(Offer offer) {
    String name = offer.provider.name();
    past.compute(name, (key, before) -> new Past(offer, before == null ? 0 : before.swaps + 1));
    offers.merge(
        name,
        List.of(offer),
        (before, added) -> Stream.concat(added.stream(), before.stream()).toList());
  }

  void remove(CheckProvider provider) {
    offers.replaceAll(
        (name, present) ->
            present.stream().filter(offer -> !offer.provider.equals(provider)).toList());
    offers.values().removeIf(List::isEmpty);
  }

  Map<String, CheckProvider> providers() {
    Map<String, CheckProvider> providers = new HashMap<>();
    offers.forEach((name, present) -> providers.put(name, present.getFirst().provider));
    return providers;
  }

  boolean offered(String type) {
    return offers.containsKey(type);
  }

  /** All types offered now, once, or configured. */
  SortedMap<String, CheckTypeState> states(Map<String, HealthCheck> wanted) {
    SortedMap<String, CheckTypeState> states = new TreeMap<>();
    Map<String, Integer> users = new HashMap<>();
    wanted.values().forEach(check -> users.merge(check.type(), 1, Integer::sum));
    users.forEach(
        (name, count) ->
            states.put(
                name,
                new CheckTypeState(name, "", "", PluginState.ABSENT, count, Instant.EPOCH, 0)));
    past.forEach(
        (name, known) ->
            states.put(
                name,
                new CheckTypeState(
                    name,
                    known.offer.bundleName,
                    known.offer.version,
                    offered(name) ? PluginState.ACTIVE : PluginState.ABSENT,
                    users.getOrDefault(name, 0),
                    known.offer.since,
                    known.swaps)));
    return states;
  }
}
