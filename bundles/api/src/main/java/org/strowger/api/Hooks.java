package org.strowger.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The wanted hooks, and whose events they are run for.
 *
 * @param byName in written order
 * @param ofDirector names of those that are run for everything
 * @param ofPools by pool: run for it and its real servers
 * @param ofServices by virtual service: run for it, and the quorum of its pool
 */
public record Hooks(
    Map<String, Hook> byName,
    List<String> ofDirector,
    Map<String, List<String>> ofPools,
    Map<String, List<String>> ofServices) {
  public static final Hooks NONE = new Hooks(Map.of(), List.of(), Map.of(), Map.of());

  public Hooks {
    byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    ofDirector = List.copyOf(ofDirector);
    ofPools = Map.copyOf(ofPools);
    ofServices = Map.copyOf(ofServices);
  }
}
