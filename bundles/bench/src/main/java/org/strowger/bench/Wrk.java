package org.strowger.bench;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A run of wrk, as its output tells. */
record Wrk(double requests, double seconds, double bytes, long errors) {
  private static final Pattern SUM =
      Pattern.compile("(\\d+) requests in ([0-9.]+)(us|ms|s|m|h), ([0-9.]+)(B|KB|MB|GB|TB) read");
  private static final Pattern SOCKET_ERRORS =
      Pattern.compile("connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
  private static final Pattern OTHER_STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

  /** Variable of the environment with the targets of {@link #SCRIPT}. */
  static final String TARGETS = "STROWGER_BENCH_TARGETS";

  /** Sends wrk's threads to the targets in turn, so that "direct" reaches all the real servers. */
  static final String SCRIPT =
      """
      local targets = {}
      for host, port in os.getenv("STROWGER_BENCH_TARGETS"):gmatch("([^,]+):(%d+)") do
        table.insert(targets, wrk.lookup(host, port)[1])
      end
      local threads = 0
      function setup(thread)
        thread.addr = targets[threads % #targets + 1]
        threads = threads + 1
      end
      """;

  static Wrk parse(String out) {
    Matcher sum = SUM.matcher(out);
    if (!sum.find()) {
      throw new IllegalStateException("wrk did not report: " + out.strip());
    }
    long errors = 0;
    Matcher socket = SOCKET_ERRORS.matcher(out);
    if (socket.find()) {
      for (int i = 1; i <= socket.groupCount(); i++) {
        errors += Long.parseLong(socket.group(i));
      }
    }
    Matcher status = OTHER_STATUS.matcher(out);
    if (status.find()) {
      errors += Long.parseLong(status.group(1));
    }
    return new Wrk(
        Double.parseDouble(sum.group(1)),
        Double.parseDouble(sum.group(2)) * secondsOf(sum.group(3)),
        Double.parseDouble(sum.group(4))
            * Math.pow(1024, List.of("B", "KB", "MB", "GB", "TB").indexOf(sum.group(5))),
        errors);
  }

  private static double secondsOf(String unit) {
    return switch (unit) {
      case "us" -> 1e-6;
      case "ms" -> 1e-3;
      case "s" -> 1;
      case "m" -> 60;
      case "h" -> 3600;
      default -> throw new IllegalArgumentException(unit);
    };
  }

  double perSecond() {
    return requests / seconds;
  }

  double gbitPerSecond() {
    return bytes * 8 / seconds / 1e9;
  }
}
