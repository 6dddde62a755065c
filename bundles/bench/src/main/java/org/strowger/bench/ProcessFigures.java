package org.strowger.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What Linux tells of a process in /proc (proc(5)). */
final class ProcessFigures {
  /** Clock ticks a second in /proc/PID/stat: USER_HZ, 100 on every architecture Java runs on. */
  private static final double TICKS = 100;

  private ProcessFigures() {}

  /** CPU seconds, user and system, of all threads of a process and of what it started. */
  static double cpuSeconds(ProcessHandle process) {
    return tree(process).stream().mapToDouble(p -> cpu(stat(p))).sum();
  }

  /** CPU seconds of one line of /proc/PID/stat: its threads, and children it has waited for. */
  static double cpu(String stat) {
    // The second field is the command in parentheses and may hold anything, also blanks and ")".
    int end = stat.lastIndexOf(')');
    if (end < 0) {
      return 0; // it has ended meanwhile
    }
    String[] fields = stat.substring(end + 2).split(" ");
    double ticks = 0;
    for (int field = 14; field <= 17; field++) { // utime stime cutime cstime, counted from 1
      ticks += Long.parseLong(fields[field - 3]);
    }
    return ticks / TICKS;
  }

  /** CPU seconds that the whole machine has worked: all of /proc/stat but idle and waiting. */
  static double machineCpuSeconds(List<String> stat) {
    String[] fields = stat.getFirst().split("\\s+");
    double ticks = 0;
    for (int i = 1; i < Math.min(fields.length, 9); i++) {
      if (i != 4 && i != 5) { // idle, iowait
        ticks += Long.parseLong(fields[i]);
      }
    }
    return ticks / TICKS;
  }

  static double machineCpuSeconds() {
    return machineCpuSeconds(lines(Path.of("/proc/stat")));
  }

  /** Of a line such as {@code RssAnon: 1234 kB}: KiB; zero where there is none. */
  static long kib(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  /** Resident KiB of a process and what it started; pages they share are counted once. */
  static long proportionalKib(ProcessHandle process) {
    return sum(process, "smaps_rollup", "Pss");
  }

  /** Resident KiB that no file backs: for a JVM all that is not heap (ZGC's heap is shared). */
  static long anonymousKib(ProcessHandle process) {
    return sum(process, "status", "RssAnon");
  }

  /**
   * A counter of TCP in the namespace of this process, by its name in /proc/net/snmp: {@code
   * RetransSegs}, {@code ActiveOpens} ...; zero where there is none.
   */
  static long tcp(long pid, String counter) {
    return count("Tcp", pid, counter);
  }

  /** The same of another protocol: {@code Udp}. */
  static long count(String protocol, long pid, String counter) {
    List<String> found =
        lines(Path.of("/proc", String.valueOf(pid), "net/snmp")).stream()
            .filter(line -> line.startsWith(protocol + ":"))
            .toList();
    if (found.size() < 2) {
      return 0;
    }
    int column = List.of(found.get(0).split(" ")).indexOf(counter);
    return column < 0 ? 0 : Long.parseLong(found.get(1).split(" ")[column]);
  }

  static List<ProcessHandle> tree(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants()).toList();
  }

  private static long sum(ProcessHandle process, String file, String name) {
    return tree(process).stream()
        .mapToLong(p -> kib(lines(Path.of("/proc", String.valueOf(p.pid()), file)), name))
        .sum();
  }

  private static String stat(ProcessHandle process) {
    return String.join("", lines(Path.of("/proc", String.valueOf(process.pid()), "stat")));
  }

  /** Empty where the process has ended. */
  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException ended) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
