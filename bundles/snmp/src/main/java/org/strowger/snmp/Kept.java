package org.strowger.snmp;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a service of another bundle says, and what it last said while that bundle is exchanged, so
 * that a walk meanwhile does not find a hole. Any thread.
 */
final class Kept<S, T> {
  /** So long what was said is shown without the one who said it, in seconds. */
  static final int KEPT_SECONDS = 10;

  private static final long KEPT_NANOS = KEPT_SECONDS * 1_000_000_000L;

  private record Said<T>(T what, long nanos) {}

  private final Function<S, T> ask;
  private volatile @Nullable S service;
  private volatile @Nullable Said<T> last;

  Kept(Function<S, T> ask) {
    this.ask = ask;
  }

  synchronized void came(S present) {
    service = present;
  }

  synchronized void went(S gone) {
    if (gone.equals(service)) { // a replacement is bound before the old one is unbound
      service = null;
    }
  }

  Optional<T> now() {
    S present = service;
    if (present != null) {
      T said = ask.apply(present);
      last = new Said<>(said, System.nanoTime());
      return Optional.of(said);
    }
    Said<T> before = last;
    return before != null && System.nanoTime() - before.nanos() < KEPT_NANOS
        ? Optional.of(before.what())
        : Optional.empty();
  }
}
