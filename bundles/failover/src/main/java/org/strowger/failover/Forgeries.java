package org.strowger.failover;

import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Adverts that somebody forged or played again, as far as they are news; of the engine's thread.
 */
final class Forgeries {
  /** So many within the time below are an attack or a director without the key, no accident. */
  private static final int ACCIDENTS = 3;

  private static final long REMEMBERED = 10 * Advert.SECOND;

  private int heard;
  private long last = Long.MIN_VALUE / 2;
  private @Nullable InetAddress source;
  private Refusal why = Refusal.SIGNATURE;

  void heard(InetAddress from, Refusal refusal, long now) {
    heard = now - last > REMEMBERED ? 1 : Math.min(heard + 1, ACCIDENTS);
    last = now;
    source = from;
    why = refusal;
  }

  /** One sentence while there are such. */
  Optional<String> now(long now) {
    InetAddress from = source;
    if (from == null || heard < ACCIDENTS || now - last > REMEMBERED) {
      return Optional.empty();
    }
    String what =
        why == Refusal.REPLAY
            ? "adverts that were heard before come again in the name of %s: they are not believed"
            : "adverts in the name of %s are not signed with a key of this instance: they are not"
                + " believed";
    return Optional.of(what.formatted(from.getHostAddress()));
  }
}
