package org.strowger.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which connections; an empty part matches all.
 *
 * @param client those whose client's address is in this prefix
 * @param state one of the words of {@link Connection#state}
 * @param minAge those at least this old
 * @param minIdle those without a byte for at least this long
 * @param minBytes those that carried at least this much, both ways together
 * @param after those with a larger {@link Connection#id}: the next page
 */
public record ConnectionFilter(
    Optional<String> service,
    Optional<RealServerId> real,
    Optional<Prefix> client,
    Optional<String> state,
    Optional<Duration> minAge,
    Optional<Duration> minIdle,
    OptionalLong minBytes,
    OptionalLong after) {
  public static final ConnectionFilter ALL =
      new ConnectionFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  /** The words that {@link #read} knows, for messages and help. */
  public static final String WORDS =
      "service=NAME, real=POOL/REAL, client=PREFIX, state=STATE, age=30s, idle=30s, bytes=1M"
          + " (at least so much), after=ID";

  /**
   * Reads a filter as operators write it: each word is one of {@link #WORDS} and narrows it; {@code
   * >=} may stand for {@code =}.
   *
   * @throws IllegalArgumentException that names the wrong word and what was expected
   */
  public static ConnectionFilter read(List<String> words) {
    return FilterWords.read(words);
  }

  public boolean matches(Connection connection) {
    return service.map(s -> s.equals(connection.service())).orElse(true)
        && real.map(r -> r.equals(connection.real())).orElse(true)
        && client.map(c -> c.contains(connection.client().getAddress())).orElse(true)
        && state.map(s -> s.equals(connection.state())).orElse(true)
        && minAge.map(a -> connection.age().compareTo(a) >= 0).orElse(true)
        && minIdle.map(i -> connection.idle().compareTo(i) >= 0).orElse(true)
        && connection.bytesIn() + connection.bytesOut() >= minBytes.orElse(0)
        && connection.id() > after.orElse(Long.MIN_VALUE);
  }

  public ConnectionFilter withService(String name) {
    return new ConnectionFilter(
        Optional.of(name), real, client, state, minAge, minIdle, minBytes, after);
  }

  public ConnectionFilter withReal(RealServerId id) {
    return new ConnectionFilter(
        service, Optional.of(id), client, state, minAge, minIdle, minBytes, after);
  }

  public ConnectionFilter withClient(Prefix prefix) {
    return new ConnectionFilter(
        service, real, Optional.of(prefix), state, minAge, minIdle, minBytes, after);
  }

  public ConnectionFilter withState(String word) {
    return new ConnectionFilter(
        service, real, client, Optional.of(word), minAge, minIdle, minBytes, after);
  }

  public ConnectionFilter withMinAge(Duration age) {
    return new ConnectionFilter(
        service, real, client, state, Optional.of(age), minIdle, minBytes, after);
  }

  public ConnectionFilter withMinIdle(Duration idle) {
    return new ConnectionFilter(
        service, real, client, state, minAge, Optional.of(idle), minBytes, after);
  }

  public ConnectionFilter withMinBytes(long bytes) {
    return new ConnectionFilter(
        service, real, client, state, minAge, minIdle, OptionalLong.of(bytes), after);
  }

  public ConnectionFilter withAfter(long id) {
    return new ConnectionFilter(
        service, real, client, state, minAge, minIdle, minBytes, OptionalLong.of(id));
  }
}
