package org.strowger.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a bench that was killed left: namespaces, processes and its folder. All have the process id
 * of their owner in the name; an owner that is no bench any more does not miss them.
 */
final class Leftovers {
  static final String PREFIX = "strowger-bench-";

  private static final Pattern OWNER = Pattern.compile(PREFIX + "(\\d+)\\b");

  private Leftovers() {}

  /** The folder of this run. */
  static Path folder() throws IOException {
    Path folder = temporary().resolve(PREFIX + ProcessHandle.current().pid());
    return Files.createDirectories(folder);
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** Removes what dead owners left; says what it found. */
  static List<String> clean() throws IOException, InterruptedException {
    Set<String> found = new TreeSet<>();
    for (String name : orphans(names(), Leftovers::isBench)) {
      owner(name).ifPresent(pid -> found.add(PREFIX + pid));
    }
    for (String dead : found) {
      remove(dead);
    }
    return List.copyOf(found);
  }

  /** The names that may tell of an owner. */
  private static List<String> names() throws IOException, InterruptedException {
    try (Stream<Path> folders = Files.list(temporary())) {
      Stream<String> inFolders = folders.map(folder -> folder.getFileName().toString());
      return Stream.concat(inFolders, namespaces().stream()).toList();
    }
  }

  static Optional<Long> owner(String name) {
    Matcher matcher = OWNER.matcher(name);
    return matcher.lookingAt() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
  }

  /** Those of the names whose owner is not alive. */
  static List<String> orphans(List<String> names, LongPredicate alive) {
    return names.stream()
        .filter(name -> owner(name).filter(pid -> !alive.test(pid)).isPresent())
        .toList();
  }

  /** A process id is used again: the owner has to be a bench, too. */
  private static boolean isBench(long pid) {
    String line = commandLine(pid);
    return line.contains(RelayBench.class.getName()) || line.contains(KernelBench.class.getName());
  }

  /** Ends the processes of a run, removes its namespaces and its folder. */
  static void remove(String run) throws IOException {
    Path folder = temporary().resolve(run);
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      all.filter(process -> process.pid() != ProcessHandle.current().pid())
          .filter(process -> commandLine(process.pid()).contains(folder + "/"))
          .flatMap(process -> ProcessFigures.tree(process).stream())
          .forEach(ProcessHandle::destroyForcibly);
    }
    removeNamespaces(run + "-");
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static String commandLine(long pid) {
    try {
      byte[] words = Files.readAllBytes(Path.of("/proc", String.valueOf(pid), "cmdline"));
      return new String(words, StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException endedOrNotOurs) {
      return "";
    }
  }

  /** Removes the namespaces whose names begin so, and ends what still runs in them. */
  static void removeNamespaces(String prefix) {
    try {
      for (String name : namespaces()) {
        if (name.startsWith(prefix)) {
          endAllIn(name);
          Shell.run("ip", "netns", "del", name);
        }
      }
    } catch (IOException e) {
      // After ctrl-C two may remove at once: only what no one could is worth a word.
      if (isThere(prefix)) {
        System.err.println("bench: a namespace is left: " + e.getMessage());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isThere(String prefix) {
    try {
      return namespaces().stream().anyMatch(name -> name.startsWith(prefix));
    } catch (IOException unknown) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static void endAllIn(String namespace) throws IOException, InterruptedException {
    Shell.run("ip", "netns", "pids", namespace)
        .lines()
        .map(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
        .flatMap(Optional::stream)
        .forEach(ProcessHandle::destroyForcibly);
  }

  private static List<String> namespaces() throws IOException, InterruptedException {
    if (Shell.find("ip").isEmpty()) {
      return List.of();
    }
    return Arrays.stream(Shell.run("ip", "netns", "list").split("\n"))
        .map(line -> line.split(" ")[0])
        .toList();
  }
}
