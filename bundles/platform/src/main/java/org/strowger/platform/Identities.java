package org.strowger.platform;

import java.util.Locale;
import org.strowger.api.PlatformState.Identity;

/** Reads once what does not change while the process lives. */
final class Identities {
  private Identities() {}

  static Identity read(Tree tree, String release) {
    return new Identity(
        release,
        tree.text("proc/sys/kernel/hostname"),
        value(tree, "etc/os-release", "PRETTY_NAME=", "").replace("\"", ""),
        tree.text("proc/sys/kernel/osrelease"),
        System.getProperty("os.arch"),
        value(tree, "proc/cpuinfo", "model name", ":"),
        tree.text("sys/class/dmi/id/sys_vendor"),
        tree.text("sys/class/dmi/id/product_name"),
        tree.text("sys/class/dmi/id/product_serial"),
        tree.text("sys/class/dmi/id/product_uuid").toLowerCase(Locale.ROOT),
        Runtime.version().toString());
  }

  /** What stands behind a word at the begin of a line, and a separator. */
  private static String value(Tree tree, String file, String word, String separator) {
    for (String line : tree.lines(file)) {
      if (line.startsWith(word)) {
        int end = separator.isEmpty() ? word.length() : line.indexOf(separator) + 1;
        return line.substring(end).strip();
      }
    }
    return "";
  }
}
