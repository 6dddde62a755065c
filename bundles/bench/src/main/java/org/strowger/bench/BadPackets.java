package org.strowger.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A stranger at another address of loopback who sends what looks like SNMP and is none. */
final class BadPackets {
  private static final int OCTETS = 97;
  private static final int VERSION_3 = 3;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Thread sender;
  private volatile boolean stop;
  private volatile long sent;
  private volatile double seconds;
  private volatile @Nullable IOException failure;

  private BadPackets(int port, int perSecond) {
    sender = Thread.ofPlatform().daemon().name("bad-packets").unstarted(() -> run(port, perSecond));
  }

  static BadPackets start(int port, int perSecond) {
    BadPackets packets = new BadPackets(port, perSecond);
    packets.sender.start();
    return packets;
  }

  private void run(int port, int perSecond) {
    long begun = System.nanoTime();
    long count = 0;
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0));
      channel.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      byte[] octets = new byte[OCTETS];
      new Random(1).nextBytes(octets);
      // A message of version 3, so that it is looked at; behind that, noise.
      System.arraycopy(new byte[] {0x30, OCTETS - 2, 2, 1, VERSION_3}, 0, octets, 0, 5);
      ByteBuffer packet = ByteBuffer.wrap(octets);
      while (!stop) {
        long due = (System.nanoTime() - begun) * perSecond / NANOS_PER_SECOND;
        for (; count < due; count++) {
          channel.write(packet.rewind());
        }
        LockSupport.parkNanos(NANOS_PER_SECOND / 10_000);
      }
    } catch (IOException e) {
      failure = e;
    }
    seconds = (System.nanoTime() - begun) / 1e9;
    sent = count;
  }

  /** Ends it; how many there were a second. */
  double stop() throws IOException, InterruptedException {
    stop = true;
    sender.join();
    IOException failed = failure;
    if (failed != null) {
      throw failed;
    }
    return sent / seconds;
  }
}
