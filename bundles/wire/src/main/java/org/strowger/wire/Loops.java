package org.strowger.wire;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The event loops of a wire: as many for connections as for datagrams.
 *
 * <p>The JDK's datagram sockets need its selector; see {@link ReadyChannel}. Their loops are never
 * waiting for the wire's lock, so they can be asked under it. Each loop has a row of the ledger of
 * its own, so that a row has one writer even if a service changes its protocol.
 */
final class Loops {
  private final EventLoopGroup streamGroup;
  private final EventLoopGroup datagramGroup;
  private final List<Loop> streams;
  private final List<Loop> datagrams;
  private final List<Loop> all;

  /**
   * Running loops.
   *
   * @param count of each kind; the ledger has twice as many rows
   * @param salt 0 or 1, other than that of the wire before
   */
  Loops(Transport transport, int count, int salt, Ledger ledger, Bounds bounds) {
    streamGroup = group(count, "loop-", transport);
    datagramGroup = group(count, "datagrams-", Transport.NIO);
    AtomicLongArray own = ledger.page(Contract.WIRE_PAGE, Contract.SERVICE_ROW);
    List<Loop> made = new ArrayList<>();
    for (EventExecutor executor : streamGroup) {
      made.add(loop(made.size(), executor, salt, transport.rings(), own, bounds));
    }
    for (EventExecutor executor : datagramGroup) {
      made.add(loop(made.size(), executor, salt, false, own, bounds));
    }
    all = List.copyOf(made);
    streams = all.subList(0, count);
    datagrams = all.subList(count, all.size());
  }

  private static EventLoopGroup group(int count, String name, Transport transport) {
    AtomicInteger number = new AtomicInteger();
    return new MultiThreadIoEventLoopGroup(
        count,
        (ThreadFactory) task -> new FastThreadLocalThread(task, name + number.getAndIncrement()),
        transport.handlers());
  }

  private static Loop loop(
      int index,
      EventExecutor executor,
      int salt,
      boolean rings,
      AtomicLongArray page,
      Bounds bounds) {
    Tally row = new Tally(page, index, Contract.SERVICE_ROW);
    return new Loop(index, (EventLoop) executor, salt, rings, row, bounds.bufferBudget());
  }

  /** Those that carry connections. */
  List<Loop> streams() {
    return streams;
  }

  /** Those that carry datagrams. */
  List<Loop> datagrams() {
    return datagrams;
  }

  List<Loop> all() {
    return all;
  }

  boolean ending() {
    return streamGroup.isShuttingDown();
  }

  /** Ends them all, and waits for that; nothing may be open on them any more. */
  void end() {
    all.forEach(loop -> loop.ask(loop::closeRing));
    List.of(streamGroup, datagramGroup).stream()
        .map(
            group ->
                group.shutdownGracefully(
                    Limits.STOP_QUIET_MILLIS, Limits.STOP_MILLIS, TimeUnit.MILLISECONDS))
        .toList()
        .forEach(ending -> ending.awaitUninterruptibly(2 * Limits.STOP_MILLIS));
  }
}
