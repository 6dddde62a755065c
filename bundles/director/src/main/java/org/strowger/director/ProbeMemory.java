package org.strowger.director;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.strowger.api.AdminState;
import org.strowger.api.CheckOutcome;
import org.strowger.api.Coded;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;

/**
 * What is known of a probe in JDK types, as it is kept in a plane's memory for another director's
 * bundle. Names are added to, never given another meaning: another version reads them too.
 */
final class ProbeMemory {
  private ProbeMemory() {}

  static String key(ProbeId id) {
    return id.toString();
  }

  static Map<String, Object> write(ProbeId id, ProbeState state) {
    Map<String, Object> map = new HashMap<>();
    map.put("check", id.check());
    map.put("address", id.address());
    map.put("port", id.port());
    map.put("verdict", state.verdict().word());
    map.put("lastChange", state.lastChange());
    map.put("transitions", state.transitions());
    map.put("looks", state.looks());
    map.put("failures", state.failures());
    map.put("faults", state.faults());
    map.put("faultText", state.faultText());
    map.put("streak", state.streak());
    state.weight().ifPresent(weight -> map.put("weight", weight));
    state.wanted().ifPresent(wanted -> map.put("wanted", wanted.word()));
    state.warning().ifPresent(warning -> map.put("warning", warning));
    map.put("history", state.history().stream().map(ProbeMemory::write).toList());
    return Map.copyOf(map);
  }

  private static List<Object> write(ProbeState.Result result) {
    return List.of(
        result.time(), result.passed(), result.latency(), result.text(), result.outcome().word());
  }

  static Optional<ProbeId> id(Map<?, ?> map) {
    return map.get("check") instanceof String check
            && map.get("address") instanceof InetAddress address
            && map.get("port") instanceof Integer port
        ? Optional.of(new ProbeId(check, address, port))
        : Optional.empty();
  }

  /** Empty if it was written by a version that had other types here. */
  static Optional<ProbeState> state(Map<?, ?> map) {
    if (!(map.get("verdict") instanceof String word)
        || !(map.get("lastChange") instanceof Instant lastChange)
        || !(map.get("history") instanceof List<?> history)) {
      return Optional.empty();
    }
    return Coded.byWord(ProbeVerdict.class, word)
        .map(
            verdict ->
                new ProbeState(
                    verdict,
                    lastChange,
                    number(map, "transitions"),
                    number(map, "looks"),
                    number(map, "failures"),
                    number(map, "faults"),
                    text(map, "faultText").orElse(""),
                    Math.toIntExact(number(map, "streak")),
                    map.get("weight") instanceof Integer weight
                        ? OptionalInt.of(weight)
                        : OptionalInt.empty(),
                    text(map, "wanted").flatMap(w -> Coded.byWord(AdminState.class, w)),
                    text(map, "warning"),
                    results(history)));
  }

  private static List<ProbeState.Result> results(List<?> history) {
    List<ProbeState.Result> results = new ArrayList<>();
    for (Object each : history) {
      if (each instanceof List<?> cells
          && cells.size() >= 4
          && cells.get(0) instanceof Instant time
          && cells.get(1) instanceof Boolean passed
          && cells.get(2) instanceof Duration latency
          && cells.get(3) instanceof String text) {
        CheckOutcome usual = passed ? CheckOutcome.OK : CheckOutcome.BAD_CONTENT;
        CheckOutcome outcome =
            cells.size() < 5 // written by a version that had no outcomes
                ? usual
                : Coded.byWord(CheckOutcome.class, String.valueOf(cells.get(4))).orElse(usual);
        results.add(new ProbeState.Result(time, passed, outcome, latency, text));
      }
    }
    return results;
  }

  private static long number(Map<?, ?> map, String key) {
    return map.get(key) instanceof Number number ? number.longValue() : 0;
  }

  private static Optional<String> text(Map<?, ?> map, String key) {
    return map.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
  }
}
