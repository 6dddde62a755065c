package org.strowger.upgrade;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The keeper's door, in words of the JDK only, as it outlives everything else. One request is
 * worked on at a time, on the keeper's own thread: whoever asked may be stopped by what he asked
 * for. Each request is audited.
 */
final class Keeper implements Function<Map<String, String>, Map<String, String>> {
  /** Service property by which the keeper is found. */
  static final String PROPERTY = "strowger.upgrade.keeper";

  /** Time that a caller waits; what he asked for goes on. */
  static final int WAIT_SECONDS = 180;

  static final String WORD = "word";
  static final String FILE = "file";
  static final String ORIGIN = "origin";
  static final String USER = "user";
  static final String SOURCE = "source";

  static final String UPDATE = "update";
  static final String DROP_IN = "dropIn";
  static final String REMOVE = "remove";

  /** Asks only whether a request is being worked on. */
  static final String IDLE = "idle";

  static final String BUNDLE = "bundle";
  static final String FROM = "from";
  static final String TO = "to";
  static final String HOW = "how";
  static final String REFUSED = "refused";

  /** Set beside {@link #REFUSED} if the same request may be right a little later. */
  static final String BUSY = "busy";

  private static final Logger AUDIT = LoggerFactory.getLogger("audit");
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

  private final Replacement replacement;
  private final ExecutorService executor;
  private final AtomicReference<String> working = new AtomicReference<>("");

  Keeper(Replacement replacement, ExecutorService executor) {
    this.replacement = replacement;
    this.executor = executor;
  }

  @Override
  public Map<String, String> apply(Map<String, String> request) {
    String file = request.getOrDefault(FILE, "");
    if (IDLE.equals(request.get(WORD))) {
      return working.get().isEmpty() ? Map.of() : busy();
    }
    if (!working.compareAndSet("", file)) {
      return busy();
    }
    try {
      return await(file, executor.submit(() -> work(request, Path.of(file))));
    } catch (RejectedExecutionException e) {
      working.set("");
      return Map.of(REFUSED, "the director is stopping");
    }
  }

  private Map<String, String> busy() {
    return Map.of(REFUSED, "another replacement is going on: " + working.get(), BUSY, "true");
  }

  private Map<String, String> await(String file, Future<Map<String, String>> answer) {
    try {
      return answer.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return Map.of(
          REFUSED, file + ": not done after " + WAIT_SECONDS + " s; it goes on, see audit");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Map.of(REFUSED, file + ": not waited for; it goes on, see audit");
    } catch (ExecutionException e) {
      LOG.atError().addKeyValue("file", file).setCause(e).log("replacement failed");
      return Map.of(REFUSED, file + ": " + e.getCause());
    }
  }

  private Map<String, String> work(Map<String, String> request, Path file) {
    try {
      Replacement.Done done =
          switch (request.getOrDefault(WORD, "")) {
            case UPDATE -> replacement.update(file);
            case DROP_IN -> replacement.dropIn(file);
            case REMOVE -> replacement.remove(file);
            default -> throw new Refusal("unknown request: " + request.get(WORD));
          };
      line(request)
          .addKeyValue("bundle", done.bundle())
          .addKeyValue("old", done.from().isEmpty() ? "-" : done.from())
          .addKeyValue("new", done.to().isEmpty() ? "-" : done.to())
          .addKeyValue("result", done.how())
          .log("bundle");
      return Map.of(BUNDLE, done.bundle(), FROM, done.from(), TO, done.to(), HOW, done.how());
    } catch (Refusal e) {
      LOG.atDebug().setCause(e).log("refused");
      line(request).addKeyValue("result", "refused").addKeyValue("why", one(e.why())).log("bundle");
      return Map.of(REFUSED, e.why());
    } catch (RuntimeException e) {
      line(request).addKeyValue("result", "failed").addKeyValue("why", one("" + e)).log("bundle");
      throw e;
    } finally {
      working.set("");
    }
  }

  private static LoggingEventBuilder line(Map<String, String> request) {
    return AUDIT
        .atInfo()
        .addKeyValue("origin", one(request.getOrDefault(ORIGIN, "-")))
        .addKeyValue("user", one(request.getOrDefault(USER, "-")))
        .addKeyValue("source", one(request.getOrDefault(SOURCE, "-")))
        .addKeyValue("file", one(request.getOrDefault(FILE, "-")));
  }

  /** One line: a file name must not be able to forge another audit line. */
  private static String one(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }
}
