package org.strowger.jmx;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who did what through JMX, from where: one line each in the audit log. */
final class Audit {
  /** Longest text of one value, in characters; the rest is cut. */
  static final int TEXT_LIMIT = 200;

  private static final Logger LOG = LoggerFactory.getLogger("audit");

  private Audit() {}

  static void login(String user, boolean right) {
    LOG.atInfo()
        .addKeyValue("origin", "jmx")
        .addKeyValue("user", clean(user))
        .addKeyValue("source", Caller.source())
        .addKeyValue("result", right ? "done" : "denied")
        .log("login");
  }

  /**
   * @param result {@code done}, {@code denied}, or why it failed
   */
  static void call(String user, Call call, String result) {
    LOG.atInfo()
        .addKeyValue("origin", "jmx")
        .addKeyValue("user", clean(user))
        .addKeyValue("source", Caller.source())
        .addKeyValue("object", call.name() == null ? "" : clean(call.name().toString()))
        .addKeyValue("operation", clean(call.operation()))
        .addKeyValue("arguments", clean(List.copyOf(call.arguments()).toString()))
        .addKeyValue("result", clean(result))
        .log("call");
  }

  /** Bounded, and without characters that could forge another line or field. */
  static String clean(String text) {
    String cut = text.length() > TEXT_LIMIT ? text.substring(0, TEXT_LIMIT) + "..." : text;
    return cut.replaceAll("\\p{Cntrl}", "?").replace('"', '\'');
  }
}
