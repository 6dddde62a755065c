package org.strowger.api;

import java.util.Optional;

/** Identity of a real server: its pool's name and its own, written {@code pool/real}. */
public record RealServerId(String pool, String real) implements Comparable<RealServerId> {

  /** Reads {@code pool/real}; empty if it is not of that form. */
  public static Optional<RealServerId> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    RealServerId id = new RealServerId(text.substring(0, slash), text.substring(slash + 1));
    return Names.valid(id.pool) && Names.valid(id.real) ? Optional.of(id) : Optional.empty();
  }

  @Override
  public int compareTo(RealServerId other) {
    int byPool = pool.compareTo(other.pool);
    return byPool != 0 ? byPool : real.compareTo(other.real);
  }

  @Override
  public String toString() {
    return pool + "/" + real;
  }
}
