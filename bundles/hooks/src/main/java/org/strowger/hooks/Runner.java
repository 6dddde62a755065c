package org.strowger.hooks;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.HookCall;
import org.strowger.api.HookRunner;
import org.strowger.api.HookState;

/**
 * Runs the calls of each hook one after the other, those of different hooks beside each other on at
 * most {@link #MAX_RUNNING} threads. A hook that hangs holds up nobody but itself, and that until
 * its timeout; hooks wait for a thread in the order in which they became due.
 */
final class Runner implements HookRunner, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

  /** What runs when this bundle goes may take so long to end. */
  private static final Duration ENDING = Duration.ofSeconds(3);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final Acts acts;
  private final Duration pause;
  private final Map<String, Line> lines = new ConcurrentHashMap<>();
  // Bounded by the hooks: each is in it once at most.
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          MAX_RUNNING,
          MAX_RUNNING,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("hook-", 0).daemon().factory());

  private volatile Runnable changed = () -> {};
  private volatile boolean closed;

  Runner(InstantSource clock, Acts acts) {
    this(clock, acts, FIRST_PAUSE);
  }

  /**
   * @param pause before the first retry; each further one is twice as long
   */
  Runner(InstantSource clock, Acts acts, Duration pause) {
    this.clock = clock;
    this.acts = acts;
    this.pause = pause;
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void apply(Set<String> wanted, Runnable told) {
    changed = told;
    lines.forEach(
        (name, line) -> {
          if (!wanted.contains(name)) {
            lines.remove(name);
            line.clear();
          }
        });
    wanted.forEach(name -> lines.computeIfAbsent(name, Line::new));
  }

  @Override
  public void run(HookCall call) {
    Line line = lines.get(call.hook().name());
    if (line == null || closed) {
      return; // no hook of now
    }
    if (line.add(call)) {
      LOG.atWarn()
          .addKeyValue("hook", call.hook().name())
          .log("too many calls wait: some are lost");
      changed.run();
    }
    if (line.claim()) {
      again(line);
    }
  }

  /** On a thread of the pool: one call, and then those of other hooks have their turn. */
  private void serve(Line line) {
    HookCall call = closed ? null : line.next();
    if (call == null) {
      return;
    }
    try {
      Act.Outcome outcome = tries(line, call);
      boolean edge = line.ended(outcome, clock.instant());
      if (edge || line.eased()) {
        changed.run();
      }
      log(call, outcome, edge);
    } catch (InterruptedException going) {
      LOG.atWarn().addKeyValue("hook", call.hook().name()).log("ended with its bundle");
      return;
    } catch (RuntimeException | Error thrown) {
      line.ended(Act.Outcome.bad("a fault: " + thrown), clock.instant());
      LOG.atError().addKeyValue("hook", call.hook().name()).setCause(thrown).log("fault");
      changed.run();
    }
    again(line);
  }

  private void again(Line line) {
    try {
      threads.execute(() -> serve(line));
    } catch (RejectedExecutionException closing) { // what waits is the director's again
      if (!closed) {
        throw closing;
      }
    }
  }

  private Act.Outcome tries(Line line, HookCall call) throws InterruptedException {
    Duration wait = pause;
    for (int retries = call.hook().retries(); ; retries--) {
      Act.Outcome outcome = acts.run(call);
      if (outcome.late()) {
        line.late();
      }
      if (outcome.good() || retries == 0) {
        return outcome;
      }
      Thread.sleep(wait);
      wait = wait.multipliedBy(2);
    }
  }

  private static void log(HookCall call, Act.Outcome outcome, boolean edge) {
    if (edge) {
      LOG.atLevel(outcome.good() ? org.slf4j.event.Level.INFO : org.slf4j.event.Level.WARN)
          .addKeyValue("hook", call.hook().name())
          .addKeyValue("event", call.event().word())
          .log("{}: {}", outcome.good() ? "runs again" : "failed", outcome.text());
    }
  }

  @Override
  public Map<String, HookState> report() {
    Map<String, HookState> states = new HashMap<>();
    lines.forEach((name, line) -> states.put(name, line.state()));
    return states;
  }

  @Override
  public List<HookCall> takeBack() {
    List<HookCall> all = new ArrayList<>();
    lines.values().forEach(line -> all.addAll(line.clear()));
    return all;
  }

  @Override
  public void close() {
    closed = true;
    threads.shutdown();
    boolean ended = await(ENDING);
    if (!ended) {
      threads.shutdownNow();
      ended = await(ENDING);
    }
    acts.close();
    if (!ended) {
      LOG.atWarn().log("a hook did not end");
    }
  }

  private boolean await(Duration most) {
    try {
      return threads.awaitTermination(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
