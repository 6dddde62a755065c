package org.strowger.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;
import org.strowger.api.Snapshot;

/** Keys of the configuration and their values, as they are typed. */
final class Keys {
  /** Services, and pools with their real servers, whose keys are proposed at TAB, at most. */
  static final int PROPOSED = 50;

  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,18}");
  private static final Set<String> NAMES = Set.of("name", "id", "realServers");

  private Keys() {}

  /**
   * Reads a path as {@link KeyPath} prints it: {@code virtualServices.web.limits.rate}; a name with
   * a dot in it stands in quotes.
   */
  static KeyPath path(String word) {
    List<String> keys = new ArrayList<>();
    StringBuilder key = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '.' && !quoted) {
        keys.add(key.toString());
        key.setLength(0);
      } else {
        key.append(c);
      }
    }
    keys.add(key.toString());
    if (quoted || keys.contains("")) {
      throw CommandFailure.usage(
          "'"
              + word
              + "': expected keys with dots between, such as virtualServices.web.pool; a"
              + " name with a dot in it stands in quotes");
    }
    return new KeyPath(keys);
  }

  /**
   * Reads a value as YAML would: a whole number, true, false, a list in brackets, or a text; what
   * stands in quotes is a text.
   */
  static Object value(String typed) {
    if (typed.startsWith("[") && typed.endsWith("]")) {
      return Arrays.stream(typed.substring(1, typed.length() - 1).split(",", -1))
          .map(String::strip)
          .filter(each -> !each.isEmpty())
          .map(Keys::scalar)
          .toList();
    }
    return scalar(typed);
  }

  private static Object scalar(String typed) {
    if (typed.length() >= 2 && typed.startsWith("\"") && typed.endsWith("\"")) {
      return typed.substring(1, typed.length() - 1);
    }
    if (typed.equals("true") || typed.equals("false")) {
      return Boolean.valueOf(typed);
    }
    return WHOLE_NUMBER.matcher(typed).matches() ? Long.valueOf(typed) : typed;
  }

  /** What stands in the configuration at this place, or null if nothing does. */
  static @Nullable Object at(Snapshot snapshot, KeyPath path) {
    Object here = snapshot.tree();
    for (String key : path.keys()) {
      here = here instanceof Map<?, ?> branch ? branch.get(key) : null;
    }
    return here;
  }

  /** Keys of the virtual services, pools and real servers that there are. */
  static List<String> known(Snapshot snapshot) {
    Configuration configuration = snapshot.configuration();
    List<String> paths = new ArrayList<>();
    configuration.virtualServices().values().stream()
        .limit(PROPOSED)
        .forEach(s -> leaves(KeyPath.of("virtualServices", s.name()), Plain.row(s), paths));
    configuration.pools().values().stream()
        .limit(PROPOSED)
        .forEach(
            p ->
                leaves(
                    KeyPath.of("pools", p.name()), Plain.row(p.withRealServers(Map.of())), paths));
    configuration.pools().values().stream()
        .flatMap(pool -> pool.realServers().values().stream())
        .limit(PROPOSED)
        .forEach(
            r ->
                leaves(
                    KeyPath.of("pools", r.id().pool(), "realServers", r.id().real()),
                    Plain.row(r),
                    paths));
    return paths;
  }

  private static void leaves(KeyPath at, Map<String, @Nullable Object> row, List<String> paths) {
    for (String key : flat(row).keySet()) {
      if (!NAMES.contains(key)) {
        paths.add(at + "." + key);
      }
    }
  }

  /** The row with the parts of what is nested in it: {@code limits.rate}. */
  static Map<String, @Nullable Object> flat(Map<String, @Nullable Object> row) {
    Map<String, @Nullable Object> flat = new LinkedHashMap<>();
    row.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> parts) {
            parts.forEach((part, inner) -> flat.put(key + "." + part, inner));
          } else {
            flat.put(key, value);
          }
        });
    return flat;
  }
}
