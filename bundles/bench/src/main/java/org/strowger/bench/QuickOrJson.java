package org.strowger.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The options of most benches.
 *
 * @param quick shorter, and less exact
 * @param json where the figures go, machine readable
 */
record QuickOrJson(boolean quick, @Nullable Path json) {
  private static final int USAGE = 2;

  /** Reads {@code [--quick] [--json FILE]}; anything else ends the process with the usage. */
  static QuickOrJson read(String bench, String[] arguments) {
    boolean quick = false;
    Path json = null;
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals("--quick")) {
        quick = true;
      } else if (arguments[i].equals("--json") && i + 1 < arguments.length) {
        json = Path.of(arguments[++i]);
      } else {
        System.err.println("usage: bench " + bench + " [--quick] [--json FILE]");
        System.exit(USAGE);
      }
    }
    return new QuickOrJson(quick, json);
  }
}
