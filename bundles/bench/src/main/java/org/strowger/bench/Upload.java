package org.strowger.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Uploads to {@link Sink}s on several connections at once, and checks that every byte arrived. */
final class Upload {
  /** What came of it; lost: bytes sent that the sink did not see, or saw too often. */
  record Outcome(long bytes, double seconds, long lost, long failed) {
    double gbitPerSecond() {
      return bytes * 8 / seconds / 1e9;
    }
  }

  private final LongAdder arrived = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LongAdder failed = new LongAdder();

  private Upload() {}

  static Outcome run(List<Target> targets, int connections, Duration length)
      throws InterruptedException {
    Upload upload = new Upload();
    long begun = System.nanoTime();
    Thread[] threads = new Thread[connections];
    for (int i = 0; i < connections; i++) {
      Target target = targets.get(i % targets.size());
      threads[i] = Thread.ofPlatform().daemon().start(() -> upload.one(target, begun, length));
    }
    for (Thread thread : threads) {
      thread.join(length.plusSeconds(10));
      if (thread.isAlive()) {
        upload.failed.increment();
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new Outcome(upload.arrived.sum(), seconds, upload.lost.sum(), upload.failed.sum());
  }

  private void one(Target target, long begun, Duration length) {
    InetSocketAddress to;
    try {
      to = new InetSocketAddress(InetAddress.ofLiteral(target.address()), target.port());
      try (SocketChannel channel = SocketChannel.open(to)) {
        long sent = send(channel, begun + length.toNanos());
        channel.shutdownOutput();
        ByteBuffer answer = ByteBuffer.allocate(Long.BYTES);
        while (answer.hasRemaining() && channel.read(answer) >= 0) {
          Thread.onSpinWait(); // a blocking read: one or two turns
        }
        if (answer.hasRemaining()) {
          throw new IOException("no count came back");
        }
        long counted = answer.flip().getLong();
        arrived.add(counted);
        lost.add(Math.abs(sent - counted));
      }
    } catch (IOException e) {
      failed.increment();
    }
  }

  private static long send(SocketChannel channel, long end) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(Sink.CHUNK);
    long sent = 0;
    while (System.nanoTime() < end) {
      while (chunk.hasRemaining()) {
        sent += channel.write(chunk);
      }
      chunk.clear();
    }
    return sent;
  }
}
