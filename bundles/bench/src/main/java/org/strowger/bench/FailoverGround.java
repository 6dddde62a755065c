package org.strowger.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.strowger.testkit.Street;

/**
 * Two directors' machines and a client's at one link, each in a network namespace. In both machines
 * stands an echo for datagrams, so that an answer tells that the address is there and the link
 * knows it, whoever moves it. The client sends every {@value #PERIOD_MILLIS} ms.
 */
final class FailoverGround implements AutoCloseable {
  static final String A = "a";
  static final String B = "b";
  static final String ADDRESS = "10.79.0.100";
  static final int PERIOD_MILLIS = 2;
  private static final String CLIENT = "c";
  private static final int PORT = 7_007;
  private static final long SAMPLE_NANOS = 2_000_000;

  /**
   * What was seen of a fault.
   *
   * @param silenceMillis longest time between two answered datagrams around some that were not, as
   *     they were sent; a client that is late to send has heard no silence
   * @param dualMillis time in which both machines had the address
   * @param clientLateMillis longest time the client itself was late to send
   */
  record Seen(double silenceMillis, double dualMillis, double clientLateMillis) {}

  /** What is done to a director. */
  interface Fault {
    void happen() throws Exception;
  }

  private final Street street;
  private final List<Thread> threads = new ArrayList<>();

  /** When each answered datagram was sent. */
  private final ConcurrentSkipListMap<Long, Long> answered = new ConcurrentSkipListMap<>();

  private final ConcurrentSkipListMap<Long, Long> sent = new ConcurrentSkipListMap<>();
  private final AtomicLong dualNanos = new AtomicLong();

  private volatile boolean hasA;
  private volatile boolean hasB;
  private volatile boolean closing;

  FailoverGround() throws Exception {
    street = new Street("sbf");
    street.house(A, "10.79.0.1/24");
    street.house(B, "10.79.0.2/24");
    street.house(CLIENT, "10.79.0.9/24");
    for (String house : List.of(A, B)) {
      DatagramChannel echo = street.at(house, () -> open(PORT));
      run("echo-" + house, () -> echo(echo));
    }
    DatagramChannel client = street.at(CLIENT, () -> open(0));
    run("probe", () -> probe(client));
    run("answers", () -> answers(client));
    for (String house : List.of(A, B)) {
      threads.add(street.at(house, () -> inHouse("addresses-" + house, () -> look(house))));
    }
  }

  private static DatagramChannel open(int port) throws IOException {
    return DatagramChannel.open().bind(new InetSocketAddress(port));
  }

  private interface Work {
    void run() throws IOException;
  }

  private void run(String name, Work work) {
    threads.add(inHouse(name, work));
  }

  /** A thread has the namespace of the one that starts it. */
  private Thread inHouse(String name, Work work) {
    return Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                if (!closing) {
                  System.err.println("bench: " + name + ": " + e);
                }
              }
            });
  }

  private void echo(DatagramChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64);
    while (!closing) {
      buffer.clear();
      java.net.SocketAddress from = channel.receive(buffer);
      buffer.flip();
      channel.send(buffer, from);
    }
  }

  private void probe(DatagramChannel channel) throws IOException {
    InetSocketAddress to = new InetSocketAddress(InetAddress.ofLiteral(ADDRESS), PORT);
    long next = System.nanoTime();
    for (long number = 0; !closing; number++) {
      LockSupport.parkNanos(next - System.nanoTime());
      next += TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
      sent.put(number, System.nanoTime());
      ByteBuffer buffer = ByteBuffer.allocate(8).putLong(0, number);
      try {
        channel.send(buffer, to);
      } catch (IOException unanswered) {
        // The kernel tells that ARP got no answer: it is lost, as the gap in the answers will tell.
      }
    }
  }

  private void answers(DatagramChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64);
    while (!closing) {
      buffer.clear();
      try {
        channel.receive(buffer);
      } catch (java.net.PortUnreachableException | java.net.ConnectException refused) {
        continue;
      }
      long number = buffer.getLong(0);
      Long at = sent.get(number);
      if (at != null) {
        answered.put(number, at);
      }
    }
  }

  private void look(String house) throws IOException {
    InetAddress wanted = InetAddress.ofLiteral(ADDRESS);
    long before = System.nanoTime();
    while (!closing) {
      LockSupport.parkNanos(SAMPLE_NANOS);
      NetworkInterface door = NetworkInterface.getByName("door");
      boolean has = door != null && door.inetAddresses().anyMatch(wanted::equals);
      long now = System.nanoTime();
      if (house.equals(A)) {
        hasA = has;
        if (hasA && hasB) {
          dualNanos.addAndGet(now - before);
        }
      } else {
        hasB = has;
      }
      before = now;
    }
  }

  /** The words that put a program into a machine. */
  List<String> enter(String house) {
    return List.of("ip", "netns", "exec", street.name(house));
  }

  void cut(boolean is) throws IOException, InterruptedException {
    street.in("link", "bridge link set dev to-" + A + " state " + (is ? 0 : 3));
  }

  /** Takes away what a killed one left, so that the next pair begins on clean ground. */
  void forget() throws IOException, InterruptedException {
    for (String house : List.of(A, B)) {
      street.in(house, "ip addr flush dev door to " + ADDRESS + "/32");
    }
    Thread.sleep(100);
  }

  /** Waits until the address is at one machine only, and answers have come for a while. */
  void awaitAt(String house, Duration deadline) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    long steadySince = System.nanoTime();
    while (System.nanoTime() - steadySince < TimeUnit.MILLISECONDS.toNanos(1_500)) {
      boolean right = house.equals(A) ? hasA && !hasB : hasB && !hasA;
      var last = answered.lastEntry();
      boolean answers =
          last != null && System.nanoTime() - last.getValue() < TimeUnit.MILLISECONDS.toNanos(50);
      if (!right || !answers) {
        steadySince = System.nanoTime();
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(ADDRESS + " is not at " + house + " only, or is silent");
      }
      Thread.sleep(5);
    }
  }

  /** Lets it happen, and looks for so long. */
  Seen during(Duration length, Fault fault) throws Exception {
    sent.clear();
    answered.clear();
    Thread.sleep(200);
    dualNanos.set(0);
    fault.happen();
    Thread.sleep(length);
    double dual = dualNanos.get() / 1e6;
    TreeMap<Long, Long> asked = new TreeMap<>(sent);
    return new Seen(silence(asked, answered.keySet()), dual, late(asked.values()));
  }

  /**
   * Between the answered datagrams around those that were not; the last few are still under way.
   */
  private static double silence(Map<Long, Long> asked, Set<Long> heard) {
    long longest = 0;
    long before = -1;
    boolean missed = false;
    for (Map.Entry<Long, Long> each : asked.entrySet()) {
      if (!heard.contains(each.getKey())) {
        missed = true;
        continue;
      }
      if (missed && before >= 0) {
        longest = Math.max(longest, each.getValue() - before);
      }
      before = each.getValue();
      missed = false;
    }
    return longest / 1e6;
  }

  /** Beyond the period. */
  private static double late(Iterable<Long> times) {
    long longest = 0;
    long before = -1;
    for (long time : times) {
      longest = before < 0 ? longest : Math.max(longest, time - before);
      before = time;
    }
    return Math.max(0, longest / 1e6 - PERIOD_MILLIS);
  }

  @Override
  public void close() throws IOException {
    closing = true;
    try {
      street.remove();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
