package org.strowger.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends small datagrams as fast as goes, on several flows in turn. The way to the real server is
 * walked by the sender's own thread, so that what it sends in a second tells how long the way is.
 */
record DatagramFlood(long sent, double seconds) {
  private static final int THREADS = 2;
  private static final int OCTETS = 64;
  private static final int BETWEEN_LOOKS = 64;

  static DatagramFlood run(List<Target> targets, int flows, Duration length)
      throws InterruptedException {
    LongAdder sent = new LongAdder();
    long begun = System.nanoTime();
    long end = begun + length.toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int first = i;
      threads.add(Thread.ofPlatform().daemon().start(() -> one(targets, first, flows, end, sent)));
    }
    for (Thread each : threads) {
      each.join();
    }
    return new DatagramFlood(sent.sum(), (System.nanoTime() - begun) / 1e9);
  }

  private static void one(List<Target> targets, int first, int flows, long end, LongAdder sent) {
    List<DatagramChannel> channels = new ArrayList<>();
    try {
      for (int i = first; i < flows; i += THREADS) {
        Target target = targets.get(i % targets.size());
        DatagramChannel channel = DatagramChannel.open();
        channels.add(channel);
        channel.connect(
            new InetSocketAddress(InetAddress.ofLiteral(target.address()), target.port()));
      }
      ByteBuffer octets = ByteBuffer.allocateDirect(OCTETS);
      for (int n = 0; n % BETWEEN_LOOKS != 0 || System.nanoTime() < end; n++) {
        channels.get(n % channels.size()).write(octets.rewind());
        sent.increment();
      }
    } catch (IOException e) {
      System.err.println("datagrams: " + e); // seen as a figure that is too small
    } finally {
      for (DatagramChannel each : channels) {
        close(each);
      }
    }
  }

  private static void close(DatagramChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      System.err.println("datagrams: " + e);
    }
  }
}
