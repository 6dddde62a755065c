package org.strowger.jmx;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a service of another bundle says, and what it last said while it is away. Any thread. */
final class Observed<S, T> {
  private final Function<S, T> ask;
  private volatile @Nullable S service;
  private volatile @Nullable T last;

  Observed(Function<S, T> ask) {
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

  /** Empty before there ever was one. */
  Optional<T> now() {
    S present = service;
    if (present != null) {
      last = ask.apply(present);
    }
    return Optional.ofNullable(last);
  }
}
