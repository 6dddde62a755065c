package org.strowger.jmx;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.MBeanOperationInfo;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularType;
import org.strowger.api.Change;
import org.strowger.api.KeyPath;
import org.strowger.api.Performance;
import org.strowger.api.Performance.Bin;
import org.strowger.api.Performance.History;
import org.strowger.api.PerformanceCounter;
import org.strowger.api.PerformanceSettings;
import org.strowger.api.PerformanceSettings.Threshold;
import org.strowger.api.Role;
import org.strowger.api.Snapshot;

/** {@code type=Performance}: bins of 15 minutes and of 24 hours, and thresholds. */
final class PerformanceObject {
  /** What was measured, and what is configured of it. */
  record View(Performance performance, Snapshot snapshot) {
    PerformanceSettings settings() {
      return snapshot.configuration().management().performance();
    }
  }

  private static final OpenData<History> OBJECT =
      new OpenData.Builder<History>()
          .text("object", history -> history.id().toString())
          .number("intervals", history -> (long) history.intervals().size())
          .number("days", history -> (long) history.days().size())
          .build("MeasuredObject");

  private static final OpenData<Threshold> THRESHOLD =
      new OpenData.Builder<Threshold>()
          .text("name", Threshold::name)
          .text("object", Threshold::object)
          .text("counter", threshold -> threshold.counter().word())
          .number("rising", Threshold::rising)
          .number("falling", Threshold::falling)
          .text("severity", threshold -> threshold.severity().word())
          .build("Threshold");

  private static final OpenData<Bin> BIN = bin();
  private static final TabularType BINS = BIN.table("start");

  static final ObjectKind<View> KIND =
      new ObjectKind<>(
          "Performance",
          "What the director did, in bins of 15 minutes and of 24 hours",
          fields(),
          operations());

  private PerformanceObject() {}

  private static OpenData<Bin> bin() {
    OpenData.Builder<Bin> row =
        new OpenData.Builder<Bin>()
            .text("start", bin -> bin.start().toString())
            .number("startMillis", bin -> bin.start().toEpochMilli())
            .number("secondsMeasured", Bin::secondsMeasured)
            .flag("suspect", Bin::suspect);
    for (PerformanceCounter counter : PerformanceCounter.values()) {
      row.number(counter.word(), counter::in);
    }
    return row.build("Bin");
  }

  private static List<Field<View>> fields() {
    return new Fields<View>()
        .time("Taken", "When the running bins were last added to", v -> v.performance().taken())
        .gauge(
            "ObjectsMeasured",
            "{object}",
            "Objects that are measured",
            v -> v.performance().histories().size())
        .gauge(
            "LeftOut",
            "{object}",
            "Objects that are not, because there are more than 1000",
            v -> v.performance().leftOut())
        .flag("RealServers", "Whether real servers are", v -> v.settings().realServers())
        .data(
            "Objects",
            OBJECT.table("object"),
            "What is measured",
            v -> OBJECT.rows(OBJECT.table("object"), v.performance().histories()))
        .data(
            "Thresholds",
            THRESHOLD.table("name"),
            "Values of a bin of 15 minutes that raise an alarm",
            v -> THRESHOLD.rows(THRESHOLD.table("name"), v.settings().thresholds().values()))
        .list();
  }

  private static List<Operation<View>> operations() {
    Operation.Parameter object =
        new Operation.Parameter("object", "director, service=NAME or real=POOL/NAME");
    return List.of(
        new Operation<>(
            "intervals",
            "Bins of 15 minutes, the one that runs among them",
            List.of(object),
            BINS,
            MBeanOperationInfo.INFO,
            Role.VIEWER,
            (v, door, args) ->
                BIN.rows(BINS, bins(v, args.getFirst(), History::interval, History::intervals))),
        new Operation<>(
            "days",
            "Bins of 24 hours (UTC), the one that runs among them",
            List.of(object),
            BINS,
            MBeanOperationInfo.INFO,
            Role.VIEWER,
            (v, door, args) ->
                BIN.rows(BINS, bins(v, args.getFirst(), History::day, History::days))),
        new Operation<>(
            "measureRealServers",
            "Whether real servers have bins of their own",
            List.of(new Operation.Parameter("yes", "true or false")),
            SimpleType.STRING,
            MBeanOperationInfo.ACTION,
            Role.ADMIN,
            (v, door, args) ->
                door.change(
                    List.of(
                        new Change.Put(
                            KeyPath.of("management", "performance", "realServers"),
                            AlarmOperations.plain(args.getFirst()))))));
  }

  private static List<Bin> bins(
      View view,
      String object,
      Function<History, Bin> running,
      Function<History, List<Bin>> whole) {
    return view.performance().histories().stream()
        .filter(history -> history.id().toString().equals(object.strip()))
        .findFirst()
        .map(h -> Stream.concat(Stream.of(running.apply(h)), whole.apply(h).stream()).toList())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "object: '"
                        + object
                        + "': expected one of "
                        + view.performance().histories().stream()
                            .limit(20)
                            .map(h -> h.id().toString())
                            .collect(Collectors.joining(", "))));
  }
}
