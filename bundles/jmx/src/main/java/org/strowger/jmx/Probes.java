package org.strowger.jmx;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import javax.management.openmbean.CompositeDataSupport;
import org.strowger.api.Coded;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;
import org.strowger.api.RealServerId;
import org.strowger.api.Snapshot;
import org.strowger.api.Why;

/** Rows of what health checks found; items are called as the components of the records in api. */
final class Probes {
  /** A probe with its state, as a row. */
  record Probe(ProbeId id, ProbeState state) {}

  static final OpenData<ProbeState.Result> RESULT =
      new OpenData.Builder<ProbeState.Result>()
          .text("time", result -> result.time().toString())
          .flag("passed", ProbeState.Result::passed)
          .number("latencyMicros", result -> result.latency().toNanos() / 1_000)
          .text("text", ProbeState.Result::text)
          .build("ProbeResult");

  static final OpenData<Probe> PROBE =
      new OpenData.Builder<Probe>()
          .text("check", p -> p.id.check())
          .text("address", p -> p.id.address().getHostAddress())
          .number("port", p -> (long) p.id.port())
          .text("verdict", p -> p.state.verdict().word())
          .text("lastChange", p -> p.state.lastChange().toString())
          .number("transitions", p -> p.state.transitions())
          .number("looks", p -> p.state.looks())
          .number("failures", p -> p.state.failures())
          .number("faults", p -> p.state.faults())
          .text("faultText", p -> p.state.faultText())
          .number("streak", p -> (long) p.state.streak())
          .text("weight", p -> asked(p.state.weight()))
          .text("wanted", p -> p.state.wanted().map(Coded::word).orElse(""))
          .text("warning", p -> p.state.warning().orElse(""))
          .item("history", Rows.array(RESULT.type()), p -> rows(RESULT, p.state.history()))
          .build("Probe");

  static final OpenData<Why.Evidence> EVIDENCE =
      new OpenData.Builder<Why.Evidence>()
          .text("source", Why.Evidence::source)
          .flag("speaksFor", Why.Evidence::speaksFor)
          .text("text", Why.Evidence::text)
          .build("Evidence");

  private Probes() {}

  private static String asked(OptionalInt weight) {
    return weight.isPresent() ? String.valueOf(weight.getAsInt()) : "";
  }

  /** Those of a real server, in the order of its pool's checks. */
  static List<Probe> of(Snapshot snapshot, RealServerId id) {
    List<Probe> probes = new ArrayList<>();
    for (ProbeId probe : snapshot.probesOf().getOrDefault(id, List.of())) {
      Optional.ofNullable(snapshot.probes().get(probe))
          .ifPresent(state -> probes.add(new Probe(probe, state)));
    }
    return List.copyOf(probes);
  }

  static <R> CompositeDataSupport[] rows(OpenData<R> data, List<R> from) {
    return from.stream()
        .map(each -> Objects.requireNonNull(data.row(each)))
        .toArray(CompositeDataSupport[]::new);
  }
}
