package org.strowger.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands that start a class of ours as a process of its own. */
final class Jvm {
  private Jvm() {}

  /**
   * The command.
   *
   * @param folder of the run: its name in the command line tells a later run whose it was
   */
  static List<String> command(Class<?> main, Path folder, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-Xmx512m", "-Dstrowger.bench.run=" + folder + "/"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return command;
  }
}
