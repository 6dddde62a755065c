package org.strowger.wire;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BiConsumer;

/** Gives one real server so many connections; who comes beyond waits, or is refused. */
public final class PlacesDecider extends TestDecider {
  static final int FULL = 5;

  final AtomicLongArray tally = new AtomicLongArray(2);
  final List<InetSocketAddress> served = new CopyOnWriteArrayList<>();
  final List<Integer> attempts = new CopyOnWriteArrayList<>();
  volatile long places;

  PlacesDecider(long places, InetSocketAddress address) {
    super(address);
    this.places = places;
  }

  @Override
  public synchronized Object choose(
      String service,
      InetSocketAddress client,
      InetSocketAddress destination,
      Set<String> tried,
      int attempt,
      BiConsumer<String, List<?>> bind) {
    attempts.add(attempt);
    if (tally.get(Contract.TALLY_HELD) >= places) {
      return (attempt & Contract.MAY_WAIT) != 0 ? Contract.WAIT : FULL;
    }
    Map.Entry<String, InetSocketAddress> real = reals.getFirst();
    served.add(client);
    bind.accept(real.getKey(), List.of(tally));
    return real;
  }
}
