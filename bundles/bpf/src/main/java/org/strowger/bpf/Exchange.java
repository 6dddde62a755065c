package org.strowger.bpf;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.ConnectionExchange;
import org.strowger.api.KernelException;
import org.strowger.api.Subscription;

/** The plane's connections for other directors, whether or not the kernel was touched yet. */
final class Exchange implements ConnectionExchange {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  private final String plane;
  private final Supplier<@Nullable Engine> engine;
  private Telling.@Nullable Listener listener;

  /**
   * @param engine null while no service was wanted
   */
  Exchange(String plane, Supplier<@Nullable Engine> engine) {
    this.plane = plane;
    this.engine = engine;
  }

  @Override
  public String plane() {
    return plane;
  }

  @Override
  public synchronized Subscription follow(Duration minimumAge, Follower follower) {
    Telling.Listener mine = new Telling.Listener(minimumAge.toNanos(), follower);
    listener = mine;
    opened();
    return () -> end(mine);
  }

  private synchronized void end(Telling.Listener ended) {
    if (ended.equals(listener)) {
      listener = null;
      opened();
    }
  }

  /** The kernel is there: from now on the follower is told. */
  synchronized void opened() {
    Engine present = engine.get();
    if (present != null) {
      try {
        present.telling().follow(listener);
      } catch (KernelException e) {
        LOG.atError().setCause(e).log("begins and ends of connections are told late");
      }
    }
  }

  @Override
  public void all(Duration minimumAge, Follower follower) throws IOException {
    Engine present = engine.get();
    if (present == null) {
      return; // nothing was forwarded yet, so there is nothing
    }
    try {
      present.telling().all(minimumAge.toNanos(), follower);
    } catch (IllegalStateException closed) {
      throw new IOException("the kernel plane was closed meanwhile", closed);
    }
  }

  @Override
  public Taken take(byte[] key, byte[] value) throws IOException {
    Engine present = engine.get();
    return present == null ? Taken.UNKNOWN : present.taking().take(key, value);
  }

  @Override
  public void forget(byte[] key) throws IOException {
    Engine present = engine.get();
    if (present != null) {
      present.taking().forget(key);
    }
  }

  @Override
  public Held held() {
    Engine present = engine.get();
    return present == null ? Held.NOTHING : present.telling().held();
  }
}
