package org.strowger.director;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.strowger.api.CheckProvider;
import org.strowger.api.CheckTypeState;
import org.strowger.api.HealthCheck;
import org.strowger.api.PluginState;

/** The offered types of health check; any thread. */
final class CheckTypes {
  private final Offers<CheckProvider> offers = new Offers<>(CheckProvider::name);

  Offers<CheckProvider> offers() {
    return offers;
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
    offers
        .known()
        .forEach(
            (name, known) ->
                states.put(
                    name,
                    new CheckTypeState(
                        name,
                        known.offer().bundleName(),
                        known.offer().version(),
                        offers.offered(name) ? PluginState.ACTIVE : PluginState.ABSENT,
                        users.getOrDefault(name, 0),
                        known.offer().since(),
                        known.swaps())));
    return states;
  }
}
