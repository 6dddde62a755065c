package org.strowger.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.strowger.api.ConnectionExchange;
import org.strowger.api.Subscription;

/** A plane's connections: what it carries itself, and what it was told. */
final class Table implements ConnectionExchange {
  final Map<String, String> own = new ConcurrentHashMap<>();
  final Map<String, String> taken = new ConcurrentHashMap<>();
  volatile boolean knowsServices = true;
  volatile boolean broken;
  volatile boolean wrong;
  private volatile Optional<Follower> follower = Optional.empty();

  void begin(String key, String value) {
    own.put(key, value);
    follower.ifPresent(to -> to.told(octets(key), octets(value)));
  }

  void end(String key) {
    own.remove(key);
    follower.ifPresent(to -> to.ended(octets(key)));
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }

  @Override
  public String plane() {
    return "fake";
  }

  @Override
  public Subscription follow(Duration minimumAge, Follower wanted) {
    follower = Optional.of(wanted);
    return () -> follower = Optional.empty();
  }

  boolean followed() {
    return follower.isPresent();
  }

  @Override
  public void all(Duration minimumAge, Follower wanted) throws IOException {
    if (broken) {
      throw new IOException("the table is broken");
    }
    if (wrong) {
      throw new IllegalStateException("a mistake of the plane");
    }
    taken.forEach((key, value) -> wanted.told(octets(key), octets(value)));
    own.forEach((key, value) -> wanted.told(octets(key), octets(value)));
  }

  @Override
  public Taken take(byte[] key, byte[] value) {
    if (own.containsKey(text(key))) {
      return Taken.OWN;
    }
    if (!knowsServices) {
      return Taken.UNKNOWN;
    }
    taken.put(text(key), text(value));
    return Taken.TAKEN;
  }

  @Override
  public void forget(byte[] key) {
    taken.remove(text(key));
  }

  @Override
  public Held held() {
    return new Held(own.size(), taken.size());
  }
}
