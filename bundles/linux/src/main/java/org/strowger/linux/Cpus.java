package org.strowger.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The CPUs of this machine. */
final class Cpus {
  private static final Path POSSIBLE = Path.of("/sys/devices/system/cpu/possible");

  private Cpus() {}

  /** How many could ever be there; the number does not change while the kernel runs. */
  static int possible() {
    try {
      return count(Files.readString(POSSIBLE).strip());
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + POSSIBLE + ": is /sys mounted?", e);
    }
  }

  /** How many a list such as {@code 0-3,8} names. */
  static int count(String list) {
    int count = 0;
    for (String range : list.split(",")) {
      String[] ends = range.split("-");
      count += Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1;
    }
    return count;
  }
}
