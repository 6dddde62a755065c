package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
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
import org.strowger.release.Untrusted;

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

  /** Set beside {@link #REFUSED} if there was nobody to do it, and nothing was begun. */
  static final String ABSENT = "absent";

  private static final Set<String> UPGRADE =
      Set.of(Words.STAGE, Words.CHECK, Words.ACTIVATE, Words.COMMIT, Words.ROLLBACK, Words.CLEAR);

  private static final Logger AUDIT = LoggerFactory.getLogger("audit");
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

  private final Replacement replacement;
  private final Campaign campaign;
  private final Standing standing;
  private final Installation box;
  private final ExecutorService executor;
  private final AtomicReference<String> working = new AtomicReference<>("");

  Keeper(
      Replacement replacement,
      Campaign campaign,
      Standing standing,
      Installation box,
      ExecutorService executor) {
    this.replacement = replacement;
    this.campaign = campaign;
    this.standing = standing;
    this.box = box;
    this.executor = executor;
  }

  @Override
  public Map<String, String> apply(Map<String, String> request) {
    String word = request.getOrDefault(WORD, "");
    if (word.equals(Words.STATUS)) {
      return standing.status();
    }
    boolean upgrading = standing.underWay();
    if (word.equals(IDLE)) {
      return working.get().isEmpty() && !upgrading ? Map.of() : busy();
    }
    String state = standing.status().getOrDefault(Words.STATE, "");
    if (word.equals(Words.ROLLBACK) && state.equals("activating")) {
      campaign.stop();
      line(request).addKeyValue("result", "stops after the present step").log("upgrade");
      return Map.of(HOW, "it is taken back after the present step");
    }
    boolean forTrial = word.equals(Words.COMMIT) || word.equals(Words.ROLLBACK);
    if (upgrading && !(forTrial && state.equals("trial"))) {
      return busy();
    }
    String file = request.getOrDefault(FILE, word);
    if (!working.compareAndSet("", file)) {
      return busy();
    }
    try {
      return await(file, executor.submit(() -> work(request, Path.of(file))));
    } catch (RejectedExecutionException e) {
      working.set("");
      return KeeperBundle.absent("the keeper is stopping");
    }
  }

  private Map<String, String> busy() {
    String state = standing.status().getOrDefault(Words.STATE, "");
    String what = standing.underWay() ? "an upgrade, which is " + state : "of " + working.get();
    return Map.of(REFUSED, "another replacement is going on: " + what, BUSY, "true");
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
    } catch (CancellationException e) {
      LOG.atDebug().setCause(e).log("stopped before it was begun");
      return KeeperBundle.absent("the keeper is stopping");
    } catch (ExecutionException e) {
      LOG.atError().addKeyValue("file", file).setCause(e).log("replacement failed");
      return Map.of(REFUSED, file + ": " + e.getCause());
    }
  }

  /** Upgrades: the sentence about what was done or begun. */
  private String upgrade(Map<String, String> request, Path file) throws Refusal, IOException {
    boolean despite = Boolean.parseBoolean(request.get(Words.DESPITE_ALARMS));
    String user = request.getOrDefault(USER, "");
    return switch (request.getOrDefault(WORD, "")) {
      case Words.STAGE ->
          campaign.stage(file, Boolean.parseBoolean(request.get(Words.DOWNGRADE)), user);
      case Words.CHECK -> campaign.check(despite);
      case Words.ACTIVATE -> campaign.activate(Plan.number(request, Words.TRIAL), despite, user);
      case Words.COMMIT -> campaign.commit();
      case Words.ROLLBACK -> campaign.rollBack();
      default -> campaign.clear();
    };
  }

  /** Where a publisher is trusted, nothing comes in that he did not sign. */
  private void unsigned() throws Refusal {
    try {
      if (!box.keys().isEmpty()) {
        throw new Refusal(
            "this box trusts keys and takes signed packages only: ./strowger package, upgrade stage");
      }
    } catch (Untrusted e) {
      throw new Refusal(e.why(), e);
    }
  }

  private Map<String, String> work(Map<String, String> request, Path file) {
    try {
      if (UPGRADE.contains(request.getOrDefault(WORD, ""))) {
        String how = upgrade(request, file);
        line(request).addKeyValue("result", one(how)).log("upgrade {}", request.get(WORD));
        return Map.of(HOW, how);
      }
      if (!REMOVE.equals(request.get(WORD))) {
        unsigned();
      }
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
    } catch (IOException e) {
      standing.settle();
      line(request).addKeyValue("result", "failed").addKeyValue("why", one("" + e)).log("bundle");
      return Map.of(REFUSED, "it cannot be written down: " + e.getMessage());
    } catch (RuntimeException e) {
      standing.settle();
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
