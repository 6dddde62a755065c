package org.strowger.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process is privileged to do, capabilities(7). */
final class Capabilities {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String EFFECTIVE = "CapEff:";

  private Capabilities() {}

  /** Whether it has the capability of this number now. */
  static boolean has(int capability) {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(l -> l.startsWith(EFFECTIVE))
          .map(l -> Long.parseUnsignedLong(l.substring(EFFECTIVE.length()).strip(), 16))
          .anyMatch(all -> ((all >>> capability) & 1) != 0);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + STATUS, e);
    }
  }
}
