package org.strowger.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.strowger.api.HealthCheck;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;
import org.strowger.api.RealServerId;
import org.strowger.api.Snapshot;
import org.strowger.api.Why;

/** What health checks found: {@code show checks}, and the larger part of {@code why POOL/REAL}. */
final class Probes {
  static final String USAGE = "[CHECK] [POOL] [POOL/REAL] [pending|passed|failed]";

  /** Results shown to people; programs get all. */
  static final int HISTORY_SHOWN = 10;

  private static final String[] CHECKS = {
    "REAL=real",
    "CHECK=check",
    "TYPE=type",
    "VERDICT=verdict",
    "LOOKS=looks",
    "FAILED=failures",
    "FAULTS=faults",
    "STREAK=streak",
    "LATENCY=latency",
    "TEXT=text"
  };

  private static final String[] EVIDENCE = {"SAYS=source", "OK=speaksFor", "TEXT=text"};

  private static final String[] HISTORY = {
    "TIME=time", "CHECK=check", "PASSED=passed", "LATENCY=latency", "TEXT=text"
  };

  private Probes() {}

  /** The rows that match all words. */
  static Output shown(Snapshot snapshot, List<String> words) {
    List<String> known = candidates(snapshot);
    for (String word : words) {
      if (!known.contains(word)) {
        throw Known.unknown("check, pool, real server or verdict", word, known);
      }
    }
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    snapshot
        .probesOf()
        .forEach(
            (real, probes) ->
                probes.forEach(
                    probe -> {
                      Map<String, @Nullable Object> row = row(snapshot, real, probe);
                      if (words.stream().allMatch(word -> matches(word, real, row))) {
                        rows.add(row);
                      }
                    }));
    return Output.done(Table.of(rows, CHECKS), rows);
  }

  private static boolean matches(
      String word, RealServerId real, Map<String, @Nullable Object> row) {
    return word.equals(row.get("check"))
        || word.equals(row.get("verdict"))
        || word.equals(real.toString())
        || word.equals(real.pool());
  }

  static List<String> candidates(Snapshot snapshot) {
    return Stream.of(
            snapshot.configuration().checks().keySet().stream(),
            Known.pools(snapshot).stream(),
            Known.realServers(snapshot).stream(),
            Stream.of(ProbeVerdict.values()).map(ProbeVerdict::word))
        .flatMap(each -> each)
        .distinct()
        .toList();
  }

  private static Map<String, @Nullable Object> row(
      Snapshot snapshot, RealServerId real, ProbeId probe) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("real", real.toString());
    row.put("check", probe.check());
    HealthCheck check = snapshot.configuration().checks().get(probe.check());
    row.put("type", check == null ? null : check.type());
    row.put("endpoint", Plain.endpoint(probe.address(), probe.port()));
    ProbeState state = snapshot.probes().get(probe);
    row.put("verdict", ProbeVerdict.PENDING.word());
    if (state != null) {
      row.putAll(Plain.row(state));
      Optional<ProbeState.Result> last = state.last();
      row.put("latency", last.map(result -> millis(result)).orElse(null));
      String fault = state.faultText();
      row.put("text", fault.isEmpty() ? last.map(ProbeState.Result::text).orElse("") : fault);
    }
    return row;
  }

  private static String millis(ProbeState.Result result) {
    long micros = result.latency().toNanos() / 1_000;
    return micros / 1_000 + "." + micros % 1_000 / 100 + "ms";
  }

  /** Everything that has a say in the state of a real server, and what was seen of it last. */
  static String explained(Snapshot snapshot, Why why) {
    List<Map<String, @Nullable Object>> evidence = Rows.of(why.evidence());
    List<Map<String, @Nullable Object>> history = new ArrayList<>();
    for (ProbeId probe : snapshot.probesOf().getOrDefault(why.id(), List.of())) {
      ProbeState state = snapshot.probes().get(probe);
      List<ProbeState.Result> results = state == null ? List.of() : state.history();
      for (ProbeState.Result result : results.subList(0, Math.min(HISTORY_SHOWN, results.size()))) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>(Plain.row(result));
        row.put("check", probe.check());
        row.put("latency", millis(result));
        history.add(row);
      }
    }
    String text = Table.of(evidence, EVIDENCE);
    return history.isEmpty() ? text : text + Table.of(history, HISTORY);
  }
}
