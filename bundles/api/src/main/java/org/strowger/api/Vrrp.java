package org.strowger.api;

import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The wanted part of this director among those that stand for each other (RFC 9568).
 *
 * @param instances by name, in written order
 * @param syncGroups names of instances that move together; each stands in one group at most
 * @param keys by name, that adverts may be signed with
 * @param tracks by name, that instances may depend on
 */
public record Vrrp(
    Map<String, VrrpInstance> instances,
    Map<String, List<String>> syncGroups,
    Map<String, VrrpKey> keys,
    Map<String, VrrpTrack> tracks) {
  /** This director is alone. */
  public static final Vrrp NONE = new Vrrp(Map.of(), Map.of());

  public Vrrp {
    instances = Collections.unmodifiableMap(new LinkedHashMap<>(instances));
    syncGroups = Collections.unmodifiableMap(new LinkedHashMap<>(syncGroups));
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    tracks = Collections.unmodifiableMap(new LinkedHashMap<>(tracks));
  }

  /** Without keys and tracks. */
  public Vrrp(Map<String, VrrpInstance> instances, Map<String, List<String>> syncGroups) {
    this(instances, syncGroups, Map.of(), Map.of());
  }

  /** The addresses that are on the active director only. */
  public Set<InetAddress> addresses() {
    return instances.values().stream()
        .flatMap(instance -> instance.addresses().stream())
        .collect(Collectors.toUnmodifiableSet());
  }
}
