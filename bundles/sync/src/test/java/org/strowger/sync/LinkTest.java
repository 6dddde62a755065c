package org.strowger.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.AlarmCondition;
import org.strowger.api.Sync;
import org.strowger.api.SyncState;
import org.strowger.api.SyncState.Bulk;

/** Two directors and the link between them. */
class LinkTest {
  private static final long DEADLINE_NANOS = 60_000_000_000L;

  private final Wire wire = new Wire();
  private final Table here = new Table();
  private final Table there = new Table();
  private final List<Link> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(Link::close);
  }

  static Sync wanted(String peer, int megabits) {
    InetAddress address = InetAddress.ofLiteral("192.0.2.7");
    return new Sync(
        Optional.of(InetAddress.ofLiteral("192.0.2.8")),
        Sync.PORT,
        Optional.empty(),
        Map.of(peer, new Sync.Peer(peer, address, Sync.PORT)),
        Duration.ZERO,
        megabits);
  }

  private Link link(String name, String peer, Table table) throws IOException {
    Planes planes = new Planes();
    planes.came(table);
    Link link = new Link(wanted(peer, 100), name, "1.0", planes, System::nanoTime);
    open.add(link);
    link.open(wire::open);
    return link;
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail(what + " did not come");
      }
      Thread.sleep(5);
    }
  }

  private static SyncState.Peer peer(Link link) {
    return link.state().peers().values().iterator().next();
  }

  @Test
  void whoJoinsIsToldEverythingAndThenWhatChanges() throws Exception {
    for (int i = 0; i < 5_000; i++) {
      here.own.put("connection " + i, "old");
    }
    Link one = link("d1", "d2", here);
    Link two = link("d2", "d1", there);
    await("the copy", () -> peer(two).bulkIn() == Bulk.DONE);
    assertEquals(here.own, there.taken);
    here.begin("new", "1");
    await("what began", () -> "1".equals(there.taken.get("new")));
    here.end("connection 7");
    await("what ended", () -> !there.taken.containsKey("connection 7"));
    await("the acknowledgements", () -> peer(one).acknowledged() == 5_002);
    assertEquals(5_002, peer(one).told(), "the end too");
    await("nothing waits", () -> peer(one).lagMillis() == 0 && peer(one).backlogBytes() == 0);
    await("the coverage", () -> peer(one).coverage() == 10_000);
    assertTrue(peer(one).lastBulk().isPresent());
    assertEquals(Bulk.DONE, peer(one).bulkOut());
  }

  @Test
  void whoWasToldNothingYetSaysSo() throws Exception {
    Link one = link("d1", "d2", here);
    assertEquals(Optional.of("director d2 is not reached"), one.state().behind());
    link("d2", "d1", there);
    await("the copy", () -> one.state().behind().isEmpty());
  }

  @Test
  void ofThreeOneThatIsSwitchedOffDoesNotHoldUpTheOthers() throws Exception {
    here.own.put("connection", "1");
    link("d1", "d2", here);
    Planes planes = new Planes();
    planes.came(there);
    Sync.Peer first = wanted("d1", 100).peers().get("d1");
    Sync.Peer off = wanted("d3", 100).peers().get("d3");
    Sync both =
        new Sync(
            wanted("d1", 100).address(),
            Sync.PORT,
            Optional.empty(),
            Map.of("d1", first, "d3", off),
            Duration.ZERO,
            100);
    Link two = new Link(both, "d2", "1.0", planes, System::nanoTime);
    open.add(two);
    assertEquals(
        Optional.of("director d1 is not reached; director d3 is not reached"),
        two.state().behind());
    two.open(wire::open);
    await("the copy of the other one is enough", () -> two.state().behind().isEmpty());
    assertTrue(there.taken.containsKey("connection"));
  }

  @Test
  void whatADirectorCarriesItselfIsNotTakenFromOthers() throws Exception {
    here.own.put("both", "of d1");
    there.own.put("both", "of d2");
    link("d1", "d2", here);
    Link two = link("d2", "d1", there);
    await("the copy", () -> peer(two).bulkIn() == Bulk.DONE);
    assertEquals(Map.of(), there.taken);
    assertEquals(0, peer(two).refused());
  }

  @Test
  void afterACutEverythingIsToldAnew() throws Exception {
    Link one = link("d1", "d2", here);
    Link two = link("d2", "d1", there);
    await("the copy", () -> peer(two).bulkIn() == Bulk.DONE);
    wire.cut();
    await("it is noticed", () -> !peer(one).connected() && !peer(two).connected());
    here.begin("while cut", "1");
    assertFalse(there.taken.containsKey("while cut"));
    wire.mend();
    await("what began meanwhile", () -> there.taken.containsKey("while cut"));
    await("the copy", () -> peer(two).bulkIn() == Bulk.DONE);
  }

  @Test
  void aLinkThatIsLostForOneOnlyBeginsAnewForBoth() throws Exception {
    Link one = link("d1", "d2", here);
    Link two = link("d2", "d1", there);
    await("the copies", () -> peer(one).bulkIn() == Bulk.DONE && peer(two).bulkIn() == Bulk.DONE);
    wire.blind("member-1");
    await("one notices it", () -> !peer(one).connected());
    assertTrue(peer(two).connected(), "and the other does not");
    here.begin("of the one", "1");
    there.begin("of the other", "2");
    wire.sees("member-1");
    await("what began here meanwhile", () -> there.taken.containsKey("of the one"));
    await("what began there meanwhile", () -> here.taken.containsKey("of the other"));
    await("the copies", () -> peer(one).bulkIn() == Bulk.DONE && peer(two).bulkIn() == Bulk.DONE);
    there.begin("later", "3");
    await("what begins later", () -> here.taken.containsKey("later"));
    await("it is acknowledged", () -> peer(two).lagMillis() == 0);
    assertEquals(Optional.empty(), one.state().behind());
  }

  @Test
  void ofTwoDirectorsOfOneNameTheFirstOneStaysAndTheOtherIsAnAlarm() throws Exception {
    Link one = link("d1", "d2", here);
    Link two = link("d2", "d1", there);
    await("the copy", () -> peer(two).bulkIn() == Bulk.DONE);
    link("d2", "d1", new Table());
    await("it is seen", () -> one.strangers().equals(Set.of("d2")));
    List<AlarmCondition> alarms =
        Conditions.of(one.state(), Optional.empty(), wanted("d2", 100), one.strangers());
    assertEquals(List.of("name=d2"), alarms.stream().map(AlarmCondition::resource).toList());
    here.begin("connection", "1");
    await("the first one is told", () -> there.taken.containsKey("connection"));
  }

  @Test
  void aCopyThatEndsByAMistakeOfThePlaneIsAnAlarmAndTriedAgain() throws Exception {
    here.own.put("connection", "1");
    here.wrong = true;
    Link one = link("d1", "d2", here);
    link("d2", "d1", there);
    await("the failure", () -> peer(one).bulkOut() == Bulk.FAILED);
    List<AlarmCondition> alarms =
        Conditions.of(one.state(), Optional.empty(), wanted("d2", 100), one.strangers());
    assertEquals(List.of("peer=d2"), alarms.stream().map(AlarmCondition::resource).toList());
    here.wrong = false;
    await("the copy", () -> there.taken.containsKey("connection"));
    await("its end", () -> peer(one).bulkOut() == Bulk.DONE);
  }

  @Test
  void whatWasRefusedIsToldAgainWhenTheConfigurationKnowsIt() throws Exception {
    here.own.put("connection", "1");
    there.knowsServices = false;
    Link one = link("d1", "d2", here);
    Link two = link("d2", "d1", there);
    await("the refusal", () -> peer(one).peerRefused() == 1 && peer(two).refused() == 1);
    there.knowsServices = true;
    two.refusedMayBeTaken();
    await("it is taken", () -> there.taken.containsKey("connection"));
  }

  @Test
  void aCopyThatFailsIsTriedAgain() throws Exception {
    here.own.put("connection", "1");
    here.broken = true;
    Link one = link("d1", "d2", here);
    link("d2", "d1", there);
    await("the failure", () -> peer(one).bulkOut() == Bulk.FAILED);
    here.broken = false;
    await("the copy", () -> there.taken.containsKey("connection"));
    await("its end", () -> peer(one).bulkOut() == Bulk.DONE);
  }

  @Test
  void aDirectorThatNobodyConfiguredIsToldNothingAndIsAnAlarm() throws Exception {
    here.own.put("connection", "1");
    Link one = link("d1", "d2", here);
    link("d3", "d1", there);
    await("it is seen", () -> one.strangers().equals(Set.of("d3")));
    List<AlarmCondition> alarms =
        Conditions.of(one.state(), Optional.empty(), wanted("d2", 100), one.strangers());
    assertEquals(
        List.of("peer=d2", "peer=d3"), alarms.stream().map(AlarmCondition::resource).toList());
    assertEquals(Map.of(), there.taken);
  }

  @Test
  void whatWasRecordedAndIsPlayedAgainIsOfNoUse() throws Exception {
    Link one = link("d1", "d2", here);
    Link two = link("d2", "d1", there);
    await("the copy", () -> peer(two).bulkIn() == Bulk.DONE);
    byte[] old =
        Message.of(Message.TELL, 4711)
            .with(Message.PLANE, "fake")
            .with(List.of(new Message.Entry(new byte[] {1}, Optional.of(new byte[] {2}))))
            .octets();
    long before = peer(two).received();
    two.heard("member-1", old);
    assertEquals(before, peer(two).received());
    assertEquals(Map.of(), there.taken);
    assertTrue(peer(one).connected());
  }

  @Test
  void nobodyFollowsThePlaneAfterwards() throws Exception {
    Link one = link("d1", "d2", here);
    assertTrue(here.followed());
    one.close();
    assertFalse(here.followed());
  }
}
