package org.strowger.sync;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.ConnectionExchange;
import org.strowger.api.ConnectionExchange.Held;
import org.strowger.api.ConnectionExchange.Taken;
import org.strowger.api.Subscription;

/** The planes that are there, by name, and who follows them. Any thread. */
final class Planes {
  private static final Logger LOG = LoggerFactory.getLogger(Planes.class);

  private final Map<String, ConnectionExchange> planes = new ConcurrentHashMap<>();
  private final Map<String, Subscription> followed = new ConcurrentHashMap<>();
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
  private @Nullable Ear ear;
  private Duration minimumAge = Duration.ZERO;

  /** Is told what changes at any of them; an empty value: it ended. Returns at once. */
  interface Ear {
    void changed(String plane, Message.Entry entry);
  }

  synchronized void came(ConnectionExchange plane) {
    planes.put(plane.plane(), plane);
    follow(plane);
    watchers.forEach(Runnable::run);
  }

  synchronized void went(ConnectionExchange plane) {
    if (planes.remove(plane.plane(), plane)) {
      leave(plane.plane());
    }
  }

  /** From now on this one is told; null: nobody. */
  synchronized void follow(@Nullable Ear wanted, Duration age) {
    ear = wanted;
    minimumAge = age;
    planes.values().forEach(this::follow);
  }

  /** Told when a plane comes. */
  Subscription watch(Runnable came) {
    watchers.add(came);
    return () -> watchers.remove(came);
  }

  private void follow(ConnectionExchange plane) {
    leave(plane.plane());
    Ear present = ear;
    if (present != null) {
      followed.put(plane.plane(), plane.follow(minimumAge, follower(plane.plane(), present)));
    }
  }

  private void leave(String plane) {
    Subscription before = followed.remove(plane);
    if (before != null) {
      before.close();
    }
  }

  private static ConnectionExchange.Follower follower(String plane, Ear ear) {
    return new ConnectionExchange.Follower() {
      @Override
      public void told(byte[] key, byte[] value) {
        ear.changed(plane, new Message.Entry(key, java.util.Optional.of(value)));
      }

      @Override
      public void ended(byte[] key) {
        ear.changed(plane, new Message.Entry(key, java.util.Optional.empty()));
      }
    };
  }

  /** All that is there now, of all planes. */
  void all(Duration age, Ear told) throws IOException {
    for (ConnectionExchange each : planes.values()) {
      each.all(age, follower(each.plane(), told));
    }
  }

  /** What another director told; what became of it. */
  Taken take(String plane, Message.Entry entry) {
    ConnectionExchange to = planes.get(plane);
    if (to == null) {
      return Taken.UNKNOWN;
    }
    try {
      if (entry.value().isPresent()) {
        return to.take(entry.key(), entry.value().get());
      }
      to.forget(entry.key());
      return Taken.TAKEN;
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("a connection of another director is not taken"); // counted
      return Taken.FULL;
    }
  }

  Held held() {
    long own = 0;
    long taken = 0;
    for (ConnectionExchange each : planes.values()) {
      own += each.held().own();
      taken += each.held().taken();
    }
    return new Held(own, taken);
  }
}
