package org.strowger.launcher;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process by an exit code that asks what is outside of it to start it, or the machine,
 * anew. A service of JDK types, for the supervision of the bundles; it is refused where nothing
 * outside has said that it would. Any thread.
 */
final class ProcessEnd implements Function<Map<String, String>, Map<String, String>> {
  /** Service property by which it is found; its value is the words that would be kept. */
  static final String PROPERTY = "strowger.process";

  /** Variable of the environment by which what is outside says so: {@code restart reboot}. */
  static final String SUPERVISOR = "STROWGER_SUPERVISOR";

  /** Exit code: start the process anew. */
  static final int RESTART = 75;

  /** Exit code: start the machine anew. */
  static final int REBOOT = 76;

  private static final Logger LOG = LoggerFactory.getLogger(ProcessEnd.class);

  private final List<String> kept;
  private final IntConsumer exit;

  /**
   * @param supervisor words of {@link #SUPERVISOR}; empty: none
   * @param exit ends the process; may not return
   */
  ProcessEnd(String supervisor, IntConsumer exit) {
    this.kept = List.of(supervisor.strip().split(" +"));
    this.exit = exit;
  }

  /** What would be kept. */
  String words() {
    return String.join(" ", kept);
  }

  /** Under {@code failed} why not; otherwise the process ends soon after the answer. */
  @Override
  public Map<String, String> apply(Map<String, String> request) {
    String word = request.getOrDefault("word", "");
    if (word.isEmpty() || !kept.contains(word)) {
      return Map.of("failed", "nothing outside of the process would " + word + " it");
    }
    LOG.atError().addKeyValue("why", request.get("why")).log("The process ends, to {}", word);
    int code = word.equals("reboot") ? REBOOT : RESTART;
    // The caller is a bundle, which the end stops.
    Thread _ = Thread.ofPlatform().name("process-end").daemon().start(() -> exit.accept(code));
    return Map.of();
  }
}
