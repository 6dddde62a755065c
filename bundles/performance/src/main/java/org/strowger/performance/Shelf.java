package org.strowger.performance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Performance;
import org.strowger.api.Performance.Bin;
import org.strowger.api.Performance.History;
import org.strowger.api.Performance.ObjectId;

/**
 * The bins on the disk, in the folder {@code performance} of the state folder: {@code whole.csv} is
 * written when bins become whole, {@code running.csv} each minute and at the end. The recorder's
 * thread only.
 */
final class Shelf {
  private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);
  private static final long INTERVAL = Performance.INTERVAL.toSeconds();
  private static final long DAY = Performance.DAY.toSeconds();

  private final BinFile whole;
  private final BinFile running;
  private String failure = "";

  Shelf(Path folder) {
    whole = new BinFile(folder.resolve("whole.csv"));
    running = new BinFile(folder.resolve("running.csv"));
  }

  /** Why the last writing failed; empty if it did not. */
  String failure() {
    return failure;
  }

  void saveWhole(List<History> histories) {
    List<BinFile.Line> lines = new ArrayList<>();
    for (History history : histories) {
      history.intervals().forEach(bin -> lines.add(new BinFile.Line(history.id(), INTERVAL, bin)));
      history.days().forEach(bin -> lines.add(new BinFile.Line(history.id(), DAY, bin)));
    }
    save(whole, lines);
  }

  void saveRunning(List<History> histories) {
    List<BinFile.Line> lines = new ArrayList<>();
    for (History history : histories) {
      lines.add(new BinFile.Line(history.id(), INTERVAL, history.interval()));
      lines.add(new BinFile.Line(history.id(), DAY, history.day()));
    }
    save(running, lines);
  }

  private void save(BinFile file, List<BinFile.Line> lines) {
    try {
      file.write(lines);
      failure = "";
    } catch (IOException e) {
      if (failure.isEmpty()) {
        LOG.atError().addKeyValue("file", file.file()).setCause(e).log("bins are not saved");
      }
      failure = "performance history cannot be saved: " + e;
    }
  }

  /** What was saved; a file that is damaged is set aside, and what it held is lost. */
  Map<ObjectId, History> load(Instant now) {
    Map<ObjectId, List<Bin>> intervals = new HashMap<>();
    Map<ObjectId, List<Bin>> days = new HashMap<>();
    for (BinFile.Line line : read(whole)) {
      (line.seconds() == DAY ? days : intervals)
          .computeIfAbsent(line.id(), id -> new ArrayList<>())
          .add(line.bin());
    }
    Map<ObjectId, Bin> interval = new HashMap<>();
    Map<ObjectId, Bin> day = new LinkedHashMap<>();
    for (BinFile.Line line : read(running)) {
      (line.seconds() == DAY ? day : interval).put(line.id(), line.bin());
    }
    Map<ObjectId, History> histories = new HashMap<>();
    for (ObjectId id : union(intervals, days, interval)) {
      histories.put(
          id,
          new History(
              id,
              interval.getOrDefault(id, none(now, INTERVAL)),
              newest(intervals.getOrDefault(id, List.of()), Performance.INTERVALS),
              day.getOrDefault(id, none(now, DAY)),
              newest(days.getOrDefault(id, List.of()), Performance.DAYS)));
    }
    return histories;
  }

  private static List<ObjectId> union(
      Map<ObjectId, ?> first, Map<ObjectId, ?> second, Map<ObjectId, ?> third) {
    Map<ObjectId, Boolean> all = new LinkedHashMap<>();
    List.of(first, second, third).forEach(map -> map.keySet().forEach(id -> all.put(id, true)));
    return List.copyOf(all.keySet());
  }

  private static List<Bin> newest(List<Bin> bins, int most) {
    return bins.stream().sorted(Comparator.comparing(Bin::start).reversed()).limit(most).toList();
  }

  private static Bin none(Instant now, long seconds) {
    return new Filling(Track.start(now, seconds), seconds).running();
  }

  private List<BinFile.Line> read(BinFile file) {
    try {
      return file.read();
    } catch (IOException e) {
      Path aside = file.file().resolveSibling(file.file().getFileName() + ".damaged");
      LOG.atError().addKeyValue("aside", aside).setCause(e).log("bins are lost: a file is damaged");
      try {
        Files.move(file.file(), aside, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException stays) {
        LOG.atError().setCause(stays).log("it cannot be set aside either");
      }
      return List.of();
    }
  }
}
