package org.strowger.api;

import java.util.ArrayList;
import java.util.List;

/**
 * Place of a key in the configuration, from the top: {@code pools.web.realServers.a.weight}. A name
 * may contain dots, so the list is the identity and the text is for people.
 */
public record KeyPath(List<String> keys) {
  public KeyPath {
    keys = List.copyOf(keys);
  }

  public static KeyPath of(String... keys) {
    return new KeyPath(List.of(keys));
  }

  public KeyPath child(String key) {
    List<String> longer = new ArrayList<>(keys);
    longer.add(key);
    return new KeyPath(longer);
  }

  /** The path of a real server's key. */
  public static KeyPath realServer(RealServerId id, String key) {
    return of("pools", id.pool(), "realServers", id.real(), key);
  }

  /** The path of a virtual service's key. */
  public static KeyPath virtualService(String name, String key) {
    return of("virtualServices", name, key);
  }

  /** The path of a pool's key. */
  public static KeyPath pool(String name, String key) {
    return of("pools", name, key);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String key : keys) {
      if (!text.isEmpty()) {
        text.append('.');
      }
      text.append(key.indexOf('.') < 0 ? key : "\"" + key + "\"");
    }
    return text.toString();
  }
}
