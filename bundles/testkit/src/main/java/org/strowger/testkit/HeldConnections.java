package org.strowger.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Long-lived connections through a director, each sending a block of random bytes ten times a
 * second and comparing what comes back byte by byte.
 */
public final class HeldConnections implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;
  private final List<Thread> threads = new ArrayList<>();
  private final List<String> lost = new CopyOnWriteArrayList<>();
  private final AtomicLong blocks = new AtomicLong();
  private volatile boolean stopping;

  /** Opens {@code count} connections to a port on loopback and starts talking. */
  public static HeldConnections open(int port, int count) throws IOException {
    HeldConnections held = new HeldConnections();
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket();
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write('e');
      int number = i;
      held.threads.add(Thread.ofVirtual().start(() -> held.talk(number, socket)));
    }
    return held;
  }

  private void talk(int number, Socket socket) {
    SplittableRandom random = new SplittableRandom(number);
    long done = 0;
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (!stopping) {
        byte[] sent = new byte[1 + random.nextInt(8 * 1024)];
        random.nextBytes(sent);
        socket.getOutputStream().write(sent);
        byte[] back = new byte[sent.length];
        in.readFully(back);
        if (!Arrays.equals(sent, back)) {
          lost.add("connection " + number + ": other bytes came back after " + done + " blocks");
          return;
        }
        done++;
        blocks.incrementAndGet();
        Thread.sleep(100);
      }
    } catch (IOException broken) {
      lost.add("connection " + number + ": " + broken + " after " + done + " blocks");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Connections that broke or carried wrong bytes, one sentence each. */
  public List<String> lost() {
    return List.copyOf(lost);
  }

  /** Blocks that came back right. */
  public long blocks() {
    return blocks.get();
  }

  @Override
  public void close() {
    stopping = true;
    try {
      for (Thread thread : threads) {
        thread.join(2L * TIMEOUT_MILLIS);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
