package org.strowger.simulation;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.strowger.api.KeyPath;
import org.strowger.api.Violation;

/** Makes a scenario of a JSON object, or tells everything that is wrong with it. */
final class ScenarioReader {
  private static final Set<String> SERVER_KEYS = Set.of("weight", "u", "l");
  private static final Map<String, String> FLAGS =
      Map.of(
          "sh-port", "port",
          "sh-fallback", "fallback",
          "mh-port", "port",
          "mh-fallback", "fallback");
  private static final int MAX_SERVERS = 10_000;
  private static final int MAX_WEIGHT = 65_535;
  private static final int MAX_SECONDS = 31_536_000;

  private final List<Violation> violations = new ArrayList<>();
  private final Map<String, Object> line;

  ScenarioReader(Map<String, Object> line) {
    this.line = line;
  }

  /** Of the last {@link #read}; a scenario with violations is not to be played. */
  List<Violation> violations() {
    return List.copyOf(violations);
  }

  Scenario read() {
    String scheduler = line.get("scheduler") instanceof String name ? name : "";
    if (scheduler.isEmpty()) {
      violate(KeyPath.of("scheduler"), given("scheduler"), "the name of a scheduler");
    }
    int persistent =
        line.containsKey("persistent")
            ? whole(KeyPath.of("persistent"), given("persistent"), 0, MAX_SECONDS)
            : 0;
    List<Scenario.Server> servers = servers();
    return new Scenario(
        line, scheduler, options(), persistent, servers, new StepReader(servers.size()).read());
  }

  private Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    Object given = given("options");
    if (given instanceof Map<?, ?> map) {
      map.forEach((key, value) -> options.put(String.valueOf(key), plain(value)));
    } else if (line.containsKey("options")) {
      violate(KeyPath.of("options"), given, "an object with options of the scheduler");
    }
    Object flags = line.getOrDefault("flags", "");
    for (String flag : String.valueOf(flags).split(",", -1)) {
      String option = FLAGS.get(flag);
      if (option != null) {
        options.put(option, true);
      } else if (!flag.isEmpty()) {
        violate(KeyPath.of("flags"), flag, "sh-port, sh-fallback, mh-port or mh-fallback");
      }
    }
    return options;
  }

  /** As the configuration would have it: small whole numbers are ints. */
  private static Object plain(Object value) {
    if (value instanceof Long number && number.intValue() == number) {
      return number.intValue();
    }
    return value;
  }

  private List<Scenario.Server> servers() {
    List<Scenario.Server> servers = new ArrayList<>();
    KeyPath path = KeyPath.of("servers");
    if (!(line.get("servers") instanceof List<?> list) || list.size() > MAX_SERVERS) {
      violate(path, given("servers"), "a list of up to " + MAX_SERVERS + " real servers");
      return servers;
    }
    for (int i = 0; i < list.size(); i++) {
      servers.add(server(path.child(String.valueOf(i)), list.get(i)));
    }
    return servers;
  }

  private Scenario.Server server(KeyPath path, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      violate(path, value, "an object with weight and, if wanted, u and l");
      return new Scenario.Server(0, 0, 0);
    }
    for (Object each : map.keySet()) {
      String key = String.valueOf(each);
      if (!SERVER_KEYS.contains(key)) {
        violate(path.child(key), given(map, key), "no key but weight, u and l");
      }
    }
    return new Scenario.Server(
        whole(path.child("weight"), given(map, "weight"), 0, MAX_WEIGHT),
        map.containsKey("u") ? threshold(path, map, "u") : 0,
        map.containsKey("l") ? threshold(path, map, "l") : 0);
  }

  private int threshold(KeyPath path, Map<?, ?> map, String key) {
    return whole(path.child(key), given(map, key), 0, Integer.MAX_VALUE);
  }

  private Object given(String key) {
    return given(line, key);
  }

  private static Object given(Map<?, ?> map, Object key) {
    Object value = map.get(key);
    return value == null ? JsonNull.NULL : value;
  }

  private int whole(KeyPath path, Object value, long least, long most) {
    if (value instanceof Long number && number >= least && number <= most) {
      return number.intValue();
    }
    violate(path, value, "a whole number from " + least + " to " + most);
    return 0;
  }

  private void violate(KeyPath path, Object value, String expected) {
    Object shown = value instanceof String text ? text : JsonWriter.write(value);
    violations.add(Violation.of(path, shown, expected));
  }

  /** Reads the steps, with an eye on what was opened and removed before. */
  private final class StepReader {
    private final boolean[] removed;
    private long opened;

    StepReader(int servers) {
      removed = new boolean[servers];
    }

    List<Step> read() {
      List<Step> steps = new ArrayList<>();
      KeyPath path = KeyPath.of("steps");
      if (!(line.get("steps") instanceof List<?> list)) {
        violate(path, given("steps"), "a list of steps");
        return steps;
      }
      for (int i = 0; i < list.size(); i++) {
        KeyPath at = path.child(String.valueOf(i));
        if (list.get(i) instanceof List<?> words && !words.isEmpty()) {
          Step step = step(at, words);
          if (step != null) {
            steps.add(step);
          }
        } else {
          violate(at, list.get(i), "a list that begins with the name of a step");
        }
      }
      return steps;
    }

    private @Nullable Step step(KeyPath at, List<?> words) {
      int arguments = words.size() - 1;
      String name = String.valueOf(words.getFirst());
      int wanted =
          switch (name) {
            case "open", "close", "del", "sleep" -> 1;
            case "open_from", "weight" -> 2;
            default -> -1;
          };
      if (wanted < 0) {
        violate(at, name, "a step: open, open_from, close, weight, del or sleep");
        return null;
      }
      if (arguments != wanted) {
        violate(at, words, name + " with " + wanted + (wanted == 1 ? " argument" : " arguments"));
        return null;
      }
      return switch (name) {
        case "open" -> new Step.Open(2, count(at, words.get(1)));
        case "open_from" -> new Step.Open(whole(at, words.get(1), 2, 254), count(at, words.get(2)));
        case "close" -> new Step.Close(openedBefore(at, words.get(1)));
        case "weight" ->
            new Step.Weight(present(at, words.get(1)), whole(at, words.get(2), 0, MAX_WEIGHT));
        case "del" -> delete(present(at, words.get(1)));
        default -> new Step.Sleep(nanos(at, words.get(1)));
      };
    }

    private int count(KeyPath at, Object value) {
      int count = whole(at, value, 0, Scenario.MAX_CONNECTIONS - opened);
      opened += count;
      return count;
    }

    private int openedBefore(KeyPath at, Object value) {
      if (value instanceof Long number && number >= 0 && number < opened) {
        return number.intValue();
      }
      violate(at, value, "the number of a connection opened before");
      return 0;
    }

    private int present(KeyPath at, Object value) {
      int real = whole(at, value, 0, removed.length - 1);
      if (real < removed.length && removed[real]) {
        violate(at, value, "a real server that was not removed before");
      }
      return real;
    }

    private Step delete(int real) {
      if (real < removed.length) {
        removed[real] = true;
      }
      return new Step.Delete(real);
    }

    private long nanos(KeyPath at, Object value) {
      if (value instanceof Number number) {
        BigDecimal seconds = new BigDecimal(number.toString());
        if (seconds.signum() >= 0 && seconds.compareTo(BigDecimal.valueOf(MAX_SECONDS)) <= 0) {
          return seconds.movePointRight(9).longValue();
        }
      }
      violate(at, value, "seconds from 0 to " + MAX_SECONDS);
      return 0;
    }
  }
}
