package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NotificationKind;

/** What one target is sent, and what of it waits, by a network that answers as the test says. */
class NotificationTargetTest {
  private static SnmpTarget target(String name, int port, NotificationKind kind) {
    return new SnmpTarget(name, Rig.LOOPBACK, port, kind, "viewer", Duration.ofMillis(500), 1);
  }

  @Test
  void informsToADeadTargetWaitInABoundedQueueAndAreCounted() {
    List<Notification> sent = new ArrayList<>();
    NotificationTarget target =
        new NotificationTarget(
            target("dead", 9, NotificationKind.INFORM),
            new NotificationTarget.Sender() {
              @Override
              public void trap(SnmpTarget to, Notification notification) {
                throw new IllegalStateException("an inform was asked for");
              }

              @Override
              public void inform(
                  SnmpTarget to, Notification notification, Consumer<Boolean> outcome) {
                sent.add(notification);
              }
            },
            (first, last) -> List.of());
    int overflow = 10;
    for (int i = 1; i <= 1 + NotificationTarget.QUEUE_LIMIT + overflow; i++) {
      target.send(new Notification(Notification.COLD_START, 0, List.of(), i));
    }
    assertEquals(1, sent.size());
    assertEquals(overflow, target.counters().dropped());
    assertEquals(1 + NotificationTarget.QUEUE_LIMIT, target.counters().queue());
  }

  /** A network that acknowledges or not, as the test says. */
  private static final class Network implements NotificationTarget.Sender {
    private final List<Notification> sent = new ArrayList<>();
    private final List<Consumer<Boolean>> open = new ArrayList<>();
    private boolean ready = true;
    private boolean broken;

    @Override
    public boolean isReady(SnmpTarget to) {
      return ready;
    }

    @Override
    public void trap(SnmpTarget to, Notification notification) throws IOException {
      if (broken) {
        throw new IOException("the session ended a moment ago");
      }
      sent.add(notification);
    }

    @Override
    public void inform(SnmpTarget to, Notification notification, Consumer<Boolean> outcome) {
      sent.add(notification);
      open.add(outcome);
    }

    void answer(boolean acknowledged) {
      open.removeFirst().accept(acknowledged);
    }

    List<Long> sequences() {
      return sent.stream().map(Notification::sequence).toList();
    }
  }

  private static Notification numbered(long sequence) {
    return new Notification(Notification.COLD_START, 0, List.of(), sequence);
  }

  private static List<Notification> history(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(NotificationTargetTest::numbered).toList();
  }

  @Test
  void aTargetOfInformsGetsAgainWhatItMissedWhenItIsBack() {
    Network network = new Network();
    NotificationTarget target =
        new NotificationTarget(
            target("noc", 9, NotificationKind.INFORM), network, NotificationTargetTest::history);
    for (long i = 7; i <= 10; i++) {
      target.send(numbered(i));
    }
    network.answer(true);
    network.answer(false);
    network.answer(false);
    assertEquals(8, target.counters().missed());
    assertEquals(TargetState.UNREACHABLE, target.counters().state());
    network.answer(true); // 10 arrives: it is there again
    while (!network.open.isEmpty()) {
      network.answer(true);
    }
    assertEquals(List.of(7L, 8L, 9L, 10L, 8L, 9L, 0L), network.sequences());
    assertEquals(12, network.sent.getLast().name().last(), "stgAlmReplayed");
    assertEquals(0, target.counters().missed());
    assertEquals(1, target.counters().replays());
    assertEquals(10, target.counters().lastSequence());
  }

  @Test
  void aTargetOfTrapsGetsThemAgainOnRequest() {
    Network network = new Network();
    NotificationTarget target =
        new NotificationTarget(
            target("noc", 9, NotificationKind.TRAP), network, NotificationTargetTest::history);
    for (long i = 1; i <= 300; i++) {
      target.send(numbered(i));
    }
    network.sent.clear();
    target.replay(298, 0);
    assertEquals(List.of(298L, 299L, 300L, 0L), network.sequences());
    network.sent.clear();
    target.replay(1, 0);
    assertEquals(129, network.sent.size(), "no more than the last 128");
    assertEquals(173, network.sequences().getFirst());
  }

  @Test
  void withoutASessionTrapsWaitAndWhatWasLostComesAgainWithTheNext() {
    Network network = new Network();
    NotificationTarget target =
        new NotificationTarget(
            target("noc", 9, NotificationKind.TRAP), network, NotificationTargetTest::history);
    network.broken = true;
    target.send(numbered(1));
    assertEquals(1, target.counters().missed());
    network.ready = false;
    target.unreachable();
    target.send(numbered(2));
    target.send(numbered(3));
    assertEquals(List.of(), network.sequences());
    assertEquals(2, target.counters().queue());
    assertEquals(TargetState.UNREACHABLE, target.counters().state());
    network.broken = false;
    network.ready = true;
    target.reachable(0);
    assertEquals(List.of(2L, 3L, 1L, 0L), network.sequences());
    assertEquals(TargetState.OK, target.counters().state());
    assertEquals(0, target.counters().missed());
  }

  private static SnmpTarget beating(Duration heartbeat) {
    return new SnmpTarget(
        "noc",
        Rig.LOOPBACK,
        9,
        NotificationKind.TRAP,
        "viewer",
        Duration.ofSeconds(1),
        1,
        Optional.of(heartbeat),
        Optional.empty());
  }

  @Test
  void aTargetHasHeartbeatsOfItsOwnInThePlaceOfThoseOfAll() {
    Network network = new Network();
    NotificationTarget target =
        new NotificationTarget(
            beating(Duration.ofSeconds(10)), network, NotificationTargetTest::history);
    Notification heartbeat = new Notification(AlarmNotifications.HEARTBEAT_NAME, 0, List.of(), 0);
    target.tell(heartbeat);
    assertEquals(0, network.sent.size(), "that of all is not for it");
    target.tell(numbered(1));
    assertEquals(1, network.sent.size());
    long now = System.nanoTime();
    long second = 1_000_000_000L;
    target.beat(now - 20 * second, () -> heartbeat);
    assertEquals(1, network.sent.size(), "not due");
    target.beat(now + 10 * second, () -> heartbeat);
    target.beat(now + 15 * second, () -> heartbeat);
    assertEquals(2, network.sent.size(), "once in its time");
    target.beat(now + 20 * second, () -> heartbeat);
    assertEquals(3, network.sent.size());
    NotificationTarget quiet =
        new NotificationTarget(beating(Duration.ZERO), network, NotificationTargetTest::history);
    quiet.tell(heartbeat);
    quiet.beat(now + 1_000 * second, () -> heartbeat);
    assertEquals(3, network.sent.size(), "one that wants none gets none");
  }

  @Test
  void sequenceNumbersWrap() {
    assertTrue(NotificationTarget.isAfter(1, 4_294_967_295L));
    assertTrue(NotificationTarget.isAfter(8, 7));
    assertFalse(NotificationTarget.isAfter(7, 8));
    assertFalse(NotificationTarget.isAfter(7, 7));
  }
}
