package org.strowger.shell;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AlarmType;
import org.strowger.api.Coded;
import org.strowger.api.KeyPath;
import org.strowger.api.PortRange;
import org.strowger.api.Prefix;
import org.strowger.api.RealServerId;

/**
 * Turns the vocabulary into plain maps, lists, numbers and texts: a record into its components by
 * their names, a constant into its word, a duration as it is written in the configuration.
 */
final class Plain {
  /** Deepest nesting. */
  static final int DEPTH_LIMIT = 32;

  private Plain() {}

  static @Nullable Object of(@Nullable Object value) {
    return of(value, 0);
  }

  /** The components of these records, all in one row. */
  static Map<String, @Nullable Object> row(Record... records) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    for (Record each : records) {
      components(each, 0).forEach(row::put);
    }
    return row;
  }

  /** As people read it: nothing for null. */
  static String text(@Nullable Object value) {
    Object plain = of(value);
    return plain == null ? "" : plain.toString();
  }

  private static @Nullable Object of(@Nullable Object value, int depth) {
    if (depth > DEPTH_LIMIT) {
      throw new IllegalArgumentException("nested deeper than " + DEPTH_LIMIT);
    }
    return switch (value) {
      case null -> null;
      case Optional<?> optional -> of(optional.orElse(null), depth);
      case Coded coded -> coded.word();
      case AlarmType type -> type.word();
      case Number number -> number;
      case Boolean flag -> flag;
      case Duration duration -> words(duration);
      case InetAddress address -> address.getHostAddress();
      case InetSocketAddress address -> endpoint(address);
      case RealServerId id -> id.toString();
      case KeyPath path -> path.toString();
      case PortRange ports -> ports.single() ? (Object) ports.first() : ports.toString();
      case Prefix prefix -> prefix.toString();
      case Record parts -> components(parts, depth);
      case Map<?, ?> map -> map(map, depth);
      case Collection<?> list -> list(list, depth);
      default -> value.toString();
    };
  }

  private static Map<String, @Nullable Object> map(Map<?, ?> map, int depth) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> plain.put(String.valueOf(of(key, depth + 1)), of(value, depth + 1)));
    return plain;
  }

  private static List<@Nullable Object> list(Collection<?> list, int depth) {
    List<@Nullable Object> plain = new ArrayList<>();
    list.forEach(value -> plain.add(of(value, depth + 1)));
    return plain;
  }

  private static Map<String, @Nullable Object> components(Record parts, int depth) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    for (RecordComponent component : parts.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        plain.put(component.getName(), of(component.getAccessor().invoke(parts), depth + 1));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("cannot read " + component, e);
      }
    }
    return plain;
  }

  private static String words(Duration duration) {
    long millis = duration.toMillis();
    if (millis != 0 && millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }

  private static String endpoint(InetSocketAddress endpoint) {
    return endpoint(endpoint.getAddress(), endpoint.getPort());
  }

  static String endpoint(InetAddress address, int port) {
    String host = address.getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
