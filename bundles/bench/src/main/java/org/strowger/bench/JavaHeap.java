package org.strowger.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heap of another JVM, by jcmd. */
final class JavaHeap {
  private static final Pattern USED = Pattern.compile("\\bused (\\d+)([KMG])");

  private JavaHeap() {}

  /** KiB of heap in use after two full collections: the second takes what the first let go. */
  static long usedAfterCollection(long pid) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String process = String.valueOf(pid);
    Shell.run(jcmd, process, "GC.run");
    Shell.run(jcmd, process, "GC.run");
    return usedKib(Shell.run(jcmd, process, "GC.heap_info"));
  }

  /** Of the answer to GC.heap_info: the first "used", which is that of the heap. */
  static long usedKib(String heapInfo) {
    Matcher used = USED.matcher(heapInfo);
    if (!used.find()) {
      throw new IllegalStateException("GC.heap_info tells no used heap: " + heapInfo.strip());
    }
    long number = Long.parseLong(used.group(1));
    return switch (used.group(2)) {
      case "K" -> number;
      case "M" -> number << 10;
      default -> number << 20;
    };
  }
}
