package org.strowger.performance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.strowger.api.Coded;
import org.strowger.api.Performance.Bin;
import org.strowger.api.Performance.ObjectClass;
import org.strowger.api.Performance.ObjectId;
import org.strowger.api.PerformanceCounter;

/**
 * A file of bins, one a line, with names of columns above and the number of lines below: any
 * spreadsheet reads it. Written under another name, forced to the disk and then renamed, so that
 * there is always a whole one. The recorder's thread only.
 */
final class BinFile {
  /** Bytes that are read: all objects with all bins have less. */
  static final long MAX_BYTES = 64L << 20;

  private static final String END = "end";
  private static final List<String> FIRST =
      List.of("object", "name", "length", "start", "secondsMeasured", "suspect");

  /**
   * A line.
   *
   * @param seconds length of the bin
   */
  record Line(ObjectId id, long seconds, Bin bin) {}

  private final Path file;

  BinFile(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  void write(List<Line> lines) throws IOException {
    Files.createDirectories(file.getParent());
    Path made = file.resolveSibling(file.getFileName() + ".new");
    StringBuilder text = new StringBuilder(header());
    try (FileChannel channel =
        FileChannel.open(
            made,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (Line line : lines) {
        text.append(print(line));
        if (text.length() > 1 << 16) {
          flush(text, channel);
        }
      }
      text.append(END).append(',').append(lines.size()).append('\n');
      flush(text, channel);
      channel.force(true);
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void flush(StringBuilder text, FileChannel channel) throws IOException {
    ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text.toString());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    text.setLength(0);
  }

  private static String header() {
    List<String> names = new ArrayList<>(FIRST);
    for (PerformanceCounter counter : PerformanceCounter.values()) {
      names.add(counter.word());
    }
    return String.join(",", names) + "\n";
  }

  private static String print(Line line) {
    StringBuilder text = new StringBuilder();
    Bin bin = line.bin();
    text.append(line.id().objectClass().word()).append(',').append(line.id().name()).append(',');
    text.append(line.seconds()).append(',').append(bin.start()).append(',');
    text.append(bin.secondsMeasured()).append(',').append(bin.suspect());
    for (PerformanceCounter counter : PerformanceCounter.values()) {
      text.append(',').append(counter.in(bin));
    }
    return text.append('\n').toString();
  }

  /**
   * The lines; empty if there is no file yet.
   *
   * @throws IOException if it cannot be read or is not whole
   */
  List<Line> read() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
    }
    List<String> text = Files.readAllLines(file, StandardCharsets.US_ASCII);
    int count = text.size() - 2;
    if (count < 0 || !text.getLast().equals(END + "," + count)) {
      throw new IOException(file + " is not whole");
    }
    List<String> columns = List.of(text.getFirst().split(",", -1));
    List<Line> lines = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      int number = i + 1;
      lines.add(
          parse(columns, text.get(i))
              .orElseThrow(() -> new IOException(file + " line " + number + " is no bin")));
    }
    return lines;
  }

  /** Columns are found by their names: a release with more of them can read those of this one. */
  private static Optional<Line> parse(List<String> columns, String text) {
    String[] words = text.split(",", -1);
    if (words.length != columns.size()) {
      return Optional.empty();
    }
    Map<String, String> cells = new HashMap<>();
    for (int i = 0; i < words.length; i++) {
      cells.put(columns.get(i), words[i]);
    }
    try {
      ObjectClass of =
          Coded.byWord(ObjectClass.class, cells.getOrDefault("object", "")).orElseThrow();
      Bin bin =
          new Bin(
              Instant.parse(cells.getOrDefault("start", "")),
              number(cells, "secondsMeasured"),
              Boolean.parseBoolean(cells.get("suspect")),
              number(cells, PerformanceCounter.CONNS.word()),
              number(cells, PerformanceCounter.REJECTED.word()),
              number(cells, PerformanceCounter.BYTES_IN.word()),
              number(cells, PerformanceCounter.BYTES_OUT.word()),
              number(cells, PerformanceCounter.PACKETS_IN.word()),
              number(cells, PerformanceCounter.PACKETS_OUT.word()),
              number(cells, PerformanceCounter.CONNS_MAX.word()),
              number(cells, PerformanceCounter.CONN_RATE_MAX.word()),
              number(cells, PerformanceCounter.DOWN_SECONDS.word()),
              number(cells, PerformanceCounter.DEGRADED_SECONDS.word()));
      ObjectId id = new ObjectId(of, cells.getOrDefault("name", ""));
      return Optional.of(new Line(id, number(cells, "length"), bin));
    } catch (RuntimeException damaged) { // every way in which a cell can be no number or moment
      return Optional.empty();
    }
  }

  private static long number(Map<String, String> cells, String column) {
    return Long.parseLong(cells.getOrDefault(column, "0"));
  }
}
