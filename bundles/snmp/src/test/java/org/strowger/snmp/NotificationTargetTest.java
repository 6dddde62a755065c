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
  private static final long SECOND = 1_000_000_000L;

  private long nanos = 1;

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
            (first, last) -> List.of(),
            () -> nanos);
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
            target("noc", 9, NotificationKind.INFORM),
            network,
            NotificationTargetTest::history,
            () -> nanos);
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
            target("noc", 9, NotificationKind.TRAP),
            network,
            NotificationTargetTest::history,
            () -> nanos);
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
            target("noc", 9, NotificationKind.TRAP),
            network,
            NotificationTargetTest::history,
            () -> nanos);
    network.broken = true;
    target.send(numbered(1));
    assertEquals(1, target.counters().missed());
    network.ready = false;
    target.unreachable(false);
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
            beating(Duration.ofSeconds(10)), network, NotificationTargetTest::history, () -> nanos);
    Notification heartbeat = new Notification(AlarmNotifications.HEARTBEAT_NAME, 0, List.of(), 0);
    target.tell(heartbeat);
    assertEquals(0, network.sent.size(), "that of all is not for it");
    target.tell(numbered(1));
    assertEquals(1, network.sent.size());
    nanos += 9 * SECOND;
    target.beat(() -> heartbeat);
    assertEquals(1, network.sent.size(), "not due");
    nanos += SECOND;
    target.beat(() -> heartbeat);
    nanos += 5 * SECOND;
    target.beat(() -> heartbeat);
    assertEquals(2, network.sent.size(), "once in its time");
    nanos += 5 * SECOND;
    target.beat(() -> heartbeat);
    assertEquals(3, network.sent.size());
    NotificationTarget quiet =
        new NotificationTarget(
            beating(Duration.ZERO), network, NotificationTargetTest::history, () -> nanos);
    quiet.tell(heartbeat);
    nanos += 1_000 * SECOND;
    quiet.beat(() -> heartbeat);
    assertEquals(3, network.sent.size(), "one that wants none gets none");
  }

  private NotificationTarget to(Network network, NotificationKind kind) {
    return new NotificationTarget(
        target("noc", 9, kind), network, NotificationTargetTest::history, () -> nanos);
  }

  @Test
  void whatAFullQueuePushedOutComesAgainWhenNothingWaitsAndNothingNewIsLostForIt() {
    Network network = new Network();
    NotificationTarget target = to(network, NotificationKind.INFORM);
    int missed = 100;
    int all = 1 + NotificationTarget.QUEUE_LIMIT + missed;
    for (long i = 1; i <= all; i++) {
      target.send(numbered(i));
    }
    assertEquals(missed, target.counters().dropped());
    network.answer(false); // the one on its way, sent before those that were pushed out
    assertEquals(1, target.counters().missed(), "the first, whenever it was found out");
    while (!network.open.isEmpty()) {
      network.answer(true);
    }
    List<Long> expected = new ArrayList<>(List.of(1L));
    LongStream.rangeClosed(missed + 2, all).forEach(expected::add);
    LongStream.rangeClosed(1, missed + 1).forEach(expected::add);
    expected.add(0L);
    assertEquals(expected, network.sequences());
    assertEquals(missed, target.counters().dropped(), "nothing more");
    assertEquals(0, target.counters().missed());
    assertEquals(1, target.counters().replays());
  }

  @Test
  void heartbeatsThatWaitTakeThePlaceOfNoAlarm() {
    Network network = new Network();
    network.ready = false;
    NotificationTarget target = to(network, NotificationKind.TRAP);
    Notification heartbeat = new Notification(AlarmNotifications.HEARTBEAT_NAME, 0, List.of(), 0);
    target.send(numbered(1));
    for (int i = 0; i < 2 * NotificationTarget.QUEUE_LIMIT; i++) {
      target.tell(heartbeat);
    }
    target.send(numbered(2));
    assertEquals(3, target.counters().queue());
    assertEquals(0, target.counters().dropped());
    network.ready = true;
    target.reachable(0);
    assertEquals(List.of(1L, 0L, 2L), network.sequences());
  }

  @Test
  void whatWaitsAndWhatWasCountedOutlivesAnotherTimeoutKindOrHeartbeat() {
    Network network = new Network();
    network.ready = false;
    NotificationTarget target = to(network, NotificationKind.TRAP);
    target.send(numbered(1));
    SnmpTarget informs = target("noc", 9, NotificationKind.INFORM);
    assertTrue(target.isSame(informs, network));
    assertFalse(target.isSame(informs, new Network()), "another socket");
    assertFalse(target.isSame(target("noc", 10, NotificationKind.INFORM), network));
    assertFalse(target.isSame(target("nms", 9, NotificationKind.INFORM), network));
    target.configure(informs);
    network.ready = true;
    target.reachable(0);
    network.answer(true);
    assertEquals(List.of(1L), network.sequences());
    assertEquals(1, target.counters().informsAcked());
  }

  @Test
  void whatABrokenSessionWasHandedComesAgainWithTheNextTheNewestOfIt() {
    Network network = new Network();
    NotificationTarget target = to(network, NotificationKind.TRAP);
    target.reachable(0);
    for (long i = 1; i <= 200; i++) {
      target.send(numbered(i));
      nanos += 60 * SECOND;
    }
    network.sent.clear();
    target.unreachable(false);
    assertEquals(73, target.counters().missed());
    target.unreachable(false); // an attempt that came to nothing
    target.reachable(0);
    List<Long> expected = new ArrayList<>();
    LongStream.rangeClosed(73, 200).forEach(expected::add);
    expected.add(0L);
    assertEquals(expected, network.sequences());
    network.sent.clear();
    target.unreachable(false);
    target.reachable(0);
    assertEquals(expected, network.sequences(), "the next broke before it was read");
  }

  @Test
  void whoEndsASessionInOrderGetsAgainWhatHeWasToldJustBeforeAndOnceOnly() {
    Network network = new Network();
    NotificationTarget target = to(network, NotificationKind.TRAP);
    target.reachable(0);
    target.send(numbered(1));
    nanos += 60 * SECOND;
    target.send(numbered(2));
    nanos += SECOND;
    target.send(numbered(3));
    nanos += SECOND;
    network.sent.clear();
    target.unreachable(true);
    target.reachable(0);
    assertEquals(List.of(2L, 3L, 0L), network.sequences());
    target.unreachable(true);
    target.reachable(0);
    assertEquals(List.of(2L, 3L, 0L), network.sequences(), "not for ever");
    target.send(numbered(4));
    nanos += 60 * SECOND;
    network.sent.clear();
    target.unreachable(true);
    target.reachable(0);
    assertEquals(List.of(), network.sequences(), "read long ago");
  }

  @Test
  void whatIsAskedForAgainComesAfterWhatWaits() {
    Network network = new Network();
    NotificationTarget target = to(network, NotificationKind.INFORM);
    target.send(numbered(1));
    target.send(numbered(2));
    network.answer(true);
    target.replay(1, 0);
    target.send(numbered(3));
    assertEquals(List.of(1L, 2L), network.sequences());
    while (!network.open.isEmpty()) {
      network.answer(true);
    }
    assertEquals(List.of(1L, 2L, 3L, 1L, 2L, 0L), network.sequences());
  }

  @Test
  void anAgentThatJustStartedSendsAgainWhatWasToldBefore() {
    Network network = new Network();
    NotificationTarget target =
        new NotificationTarget(
            target("noc", 9, NotificationKind.TRAP),
            network,
            (first, last) ->
                history(1, 9).stream()
                    .filter(each -> !SequenceSpan.isAfter(first, each.sequence()))
                    .filter(each -> !SequenceSpan.isAfter(each.sequence(), last))
                    .toList(),
            () -> nanos);
    target.send(numbered(0));
    target.replay(7, 0);
    assertEquals(List.of(0L, 7L, 8L, 9L, 0L), network.sequences());
    assertEquals(
        "9", network.sent.getLast().variables().getLast().getVariable().toString(), "to the last");
  }
}
