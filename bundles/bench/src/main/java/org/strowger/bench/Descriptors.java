package org.strowger.bench;

import java.io.IOException;
import java.util.List;

/** How many files a process may open: the measure of how many connections can be held. */
final class Descriptors {
  /** What 20,000 connections need twice over, and some. */
  private static final int WANTED = 65_536;

  private Descriptors() {}

  /** What a child may have: {@link #WANTED}, or the hard limit where it may not be raised. */
  static int most() throws IOException, InterruptedException {
    if (Shell.find("prlimit").isPresent()) {
      try {
        String raised = "--nofile=" + WANTED + ":" + WANTED;
        return number(Shell.run("prlimit", raised, "sh", "-c", "ulimit -n"));
      } catch (IOException notPermitted) {
        return number(Shell.run("sh", "-c", "ulimit -Hn"));
      }
    }
    return number(Shell.run("sh", "-c", "ulimit -n"));
  }

  private static int number(String text) {
    String number = text.strip();
    return number.equals("unlimited") ? WANTED : Math.min(WANTED, Integer.parseInt(number));
  }

  static List<String> prefix(int descriptors) {
    return Shell.find("prlimit").isPresent()
        ? List.of("prlimit", "--nofile=" + descriptors + ":" + descriptors)
        : List.of();
  }

  /** Connections that a relay can hold with so many: two each, and 3,000 for pipes and itself. */
  static int holdable(int descriptors) {
    return Math.max(0, (descriptors - 3000) / 2);
  }
}
