package org.strowger.itest;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that go on asking a virtual service by datagrams, ten times a second each, and must be
 * answered by the same real server all the time. A datagram may be lost, a flow may not.
 */
final class HeldFlows implements AutoCloseable {
  private final List<Thread> threads = new ArrayList<>();
  private final List<String> lost = new CopyOnWriteArrayList<>();
  private final AtomicLong answers = new AtomicLong();
  private volatile boolean stopping;

  static HeldFlows open(int port, int count) throws IOException {
    HeldFlows flows = new HeldFlows();
    for (int i = 0; i < count; i++) {
      DatagramSocket client = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
      int number = i;
      flows.threads.add(Thread.ofVirtual().start(() -> flows.talk(number, client, port)));
    }
    return flows;
  }

  private void talk(int number, DatagramSocket client, int port) {
    try (client) {
      String own = UdpNamer.ask(client, port, number + ".first");
      for (int i = 0; !stopping; i++) {
        String name = UdpNamer.ask(client, port, number + "." + i);
        if (!name.equals(own)) {
          lost.add("flow " + number + " moved from " + own + " to " + name);
          return;
        }
        answers.incrementAndGet();
        Thread.sleep(100);
      }
    } catch (IOException broken) {
      lost.add("flow " + number + ": " + broken);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Flows that broke or moved, one sentence each. */
  List<String> lost() {
    return List.copyOf(lost);
  }

  long answers() {
    return answers.get();
  }

  @Override
  public void close() {
    stopping = true;
    try {
      for (Thread thread : threads) {
        thread.join(60_000);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
