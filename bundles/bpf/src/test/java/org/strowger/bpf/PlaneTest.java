package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.AdminState;
import org.strowger.api.BpfMap;
import org.strowger.api.Connection;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.ForwardedService;
import org.strowger.api.LookupTable;
import org.strowger.api.PlaneEvent;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.TalkerKind;
import org.strowger.api.Timeouts;

/** What the plane does to the kernel's maps; a kernel in memory stands for the real one. */
class PlaneTest {
  private static final String WEB = "192.0.2.1";
  private static final String MAIL = "192.0.2.2";
  private static final RealServer A = Lab.real("a", "10.0.0.1");
  private static final RealServer B = Lab.real("b", "10.0.0.2");
  private static final RealServer C = Lab.real("c", "10.0.0.3");

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void open() {
    lab = new Lab(folder);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  private static void eventually(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - deadline < 0, what);
      java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
    }
  }

  private int pick() {
    int[] picked = new int[1];
    eventually(() -> (picked[0] = lab.pick(WEB)) != 0, "a pick");
    return picked[0];
  }

  private String name(int index) {
    return lab.plane.connections(ConnectionFilter.ALL, 1000).stream()
        .map(Connection::real)
        .map(RealServerId::real)
        .reduce((first, last) -> last)
        .orElse("none of " + index);
  }

  @Test
  void nothingWantedTouchesNothing() {
    lab.apply();

    assertFalse(folder.resolve("netns-" + Lab.NAMESPACE).toFile().exists());
    assertEquals(0, lab.kernel.programAt(FakeNetwork.CARD));
  }

  @Test
  void aServiceHasItsProgramItsRealServersAndItsPicks() {
    lab.apply(Lab.service("web", WEB, A, B));

    assertEquals(1, lab.kernel.programAt(FakeNetwork.CARD));
    assertEquals(0, lab.kernel.programAt(1), "the loopback device has none");
    assertEquals(2, lab.indexes(WEB).size());
    assertEquals(0, lab.cell(WEB).orElseThrow().flags());
    assertTrue(lab.events.contains(new PlaneEvent.Listening("web")));
    int first = pick();
    assertNotEquals(first, pick());
  }

  @Test
  void theFallbackHasEverybodyByWeight() {
    lab.apply(Lab.service("web", WEB, A.withWeight(3), B));

    Cells fallback = lab.cell(WEB).orElseThrow().fallback();
    int ofA = 0;
    for (int i = 0; i < fallback.size(); i++) {
      ofA += lab.tableCell(fallback.offset() + i) == lab.indexes(WEB).getFirst() ? 1 : 0;
    }
    assertEquals(fallback.size() * 3 / 4, ofA);
  }

  @Test
  void anEditOfOneServiceWritesNothingOfAnother() {
    ForwardedService mail = Lab.service("mail", MAIL, C);
    lab.apply(Lab.service("web", WEB, A, B), mail);
    ServiceCell before = lab.cell(MAIL).orElseThrow();
    int mailReal = lab.indexes(MAIL).getFirst();
    long writes = lab.map("reals").writes.get();
    long services = lab.map("services").writes.get();

    lab.apply(Lab.service("web", WEB, A, B.withWeight(0)), mail);

    assertEquals(before, lab.cell(MAIL).orElseThrow());
    assertEquals(List.of(mailReal), lab.indexes(MAIL));
    assertEquals(writes + 1, lab.map("reals").writes.get(), "b takes no new ones");
    assertEquals(services + 1, lab.map("services").writes.get(), "web has another fallback");
  }

  @Test
  void anApplyWithoutNewsWritesNeitherServicesNorRealServers() {
    lab.apply(Lab.service("web", WEB, A, B));
    long reals = lab.map("reals").writes.get();
    long services = lab.map("services").writes.get();
    long tables = lab.map("tables").writes.get();

    lab.apply(Lab.service("web", WEB, A, B));

    assertEquals(reals, lab.map("reals").writes.get());
    assertEquals(services, lab.map("services").writes.get());
    assertEquals(tables, lab.map("tables").writes.get());
  }

  @Test
  void aQuiescedRealServerIsNotPickedAnyMore() {
    lab.apply(Lab.service("web", WEB, A, B));
    int a = lab.indexes(WEB).getFirst();

    lab.apply(Lab.service("web", WEB, A, B.withWeight(0)));

    for (int i = 0; i < 100; i++) {
      assertEquals(a, pick());
    }
  }

  @Test
  void aServiceThatDoesNotListenIsClosed() {
    ForwardedService open = Lab.service("web", WEB, A);
    lab.apply(open);

    lab.apply(
        new ForwardedService(
            open.service().withAdminState(AdminState.DRAIN),
            false,
            open.realServers(),
            open.chooser()));

    assertEquals(ServiceCell.CLOSED, lab.cell(WEB).orElseThrow().flags());
  }

  @Test
  void aRemovedServiceIsGoneAndItsConnectionsKeepTheirRealServer() {
    lab.apply(Lab.service("web", WEB, A, B), Lab.service("mail", MAIL, C));
    int real = pick();
    ByteBuffer connection = lab.connect(WEB, real);

    lab.apply(Lab.service("mail", MAIL, C));

    assertTrue(lab.cell(WEB).isEmpty());
    eventually(() -> lab.plane.report().plane().connsHeld() == 1, "it is held");
    assertEquals(0, lab.realCell(real).flags());
    assertNotEquals(0, lab.realCell(real).method(), "it keeps its place");
    assertEquals(
        List.of("web"),
        lab.plane.connections(ConnectionFilter.ALL, 10).stream().map(Connection::service).toList());
    lab.map("connections").delete(connection);
    eventually(() -> lab.realCell(real).method() == 0, "its place is free");
  }

  @Test
  void servicesThatSwapTheirAddressesAreBothThere() {
    lab.apply(Lab.service("web", WEB, A), Lab.service("mail", MAIL, C));
    int web = lab.cell(WEB).orElseThrow().index();
    int mail = lab.cell(MAIL).orElseThrow().index();

    lab.apply(Lab.service("web", MAIL, A), Lab.service("mail", WEB, C));

    assertEquals(web, lab.cell(MAIL).orElseThrow().index());
    assertEquals(mail, lab.cell(WEB).orElseThrow().index());
  }

  @Test
  void aServiceUnderAnotherNameTakesOverTheAddress() {
    lab.apply(Lab.service("web", WEB, A));
    int before = lab.cell(WEB).orElseThrow().index();

    lab.apply(Lab.service("shop", WEB, A));

    assertNotEquals(before, lab.cell(WEB).orElseThrow().index());
  }

  @Test
  void aRealServerThatComesBackHasItsConnectionsAgain() {
    lab.apply(Lab.service("web", WEB, A, B));
    List<Integer> before = lab.indexes(WEB);
    lab.connect(WEB, before.get(1));

    lab.apply(Lab.service("web", WEB, A));
    lab.apply(Lab.service("web", WEB, A, B));

    assertEquals(before, lab.indexes(WEB));
    eventually(() -> lab.plane.loads("web").active(1) == 1, "b has its connection");
  }

  @Test
  void aRealServerWithAnotherAddressHasAnotherPlace() {
    lab.apply(Lab.service("web", WEB, A));
    int before = lab.indexes(WEB).getFirst();
    lab.connect(WEB, before);

    lab.apply(Lab.service("web", WEB, Lab.real("a", "10.0.0.9")));

    assertNotEquals(before, lab.indexes(WEB).getFirst());
    assertEquals("10.0.0.1", lab.realCell(before).address().getHostAddress());
  }

  @Test
  void anotherProcessAdoptsWhatRuns() {
    lab.apply(Lab.service("web", WEB, A, B), Lab.service("mail", MAIL, C));
    ServiceCell cell = lab.cell(WEB).orElseThrow();
    List<Integer> reals = lab.indexes(WEB);
    lab.connect(WEB, reals.getFirst());

    lab.restart();
    lab.apply(Lab.service("web", WEB, A, B));

    assertEquals(cell.index(), lab.cell(WEB).orElseThrow().index());
    assertEquals(cell.ring(), lab.cell(WEB).orElseThrow().ring());
    assertEquals(reals, lab.indexes(WEB));
    assertTrue(lab.cell(MAIL).isEmpty(), "it is not wanted any more");
    assertEquals(2, lab.kernel.programAt(FakeNetwork.CARD), "its own program");
    eventually(() -> lab.plane.loads("web").active(0) == 1, "a has its connection");
    assertEquals("a", name(0));
    assertNotEquals(reals.getFirst(), pick(), "b has less");
  }

  @Test
  void aProcessThatWantsNothingTakesAwayWhatItFinds() {
    lab.apply(Lab.service("web", WEB, A));
    lab.restart();

    lab.apply();

    assertTrue(lab.cell(WEB).isEmpty());
    eventually(() -> lab.kernel.programAt(FakeNetwork.CARD) == 0, "the program is detached");
  }

  @Test
  void anIdleConnectionIsEnded() {
    lab.apply(Lab.service("web", WEB, A));
    ByteBuffer idle = lab.connect(WEB, lab.indexes(WEB).getFirst());
    lab.connect(WEB, lab.indexes(WEB).getFirst());

    lab.idle(idle, Duration.ofMinutes(16));

    eventually(() -> lab.map("connections").entries() == 1, "it is gone");
    eventually(
        () -> lab.plane.report().services().get("web").connsTimedOut() == 1, "it is counted");
    assertEquals(1, lab.plane.report().services().get("web").connsActive());
    assertEquals(1, lab.plane.loads("web").active(0));
  }

  @Test
  void connectionsAreListedByFilterAndCut() {
    lab.apply(Lab.service("web", WEB, A, B));
    lab.connect(WEB, lab.indexes(WEB).get(0));
    lab.connect(WEB, lab.indexes(WEB).get(1));
    ConnectionFilter ofB = ConnectionFilter.read(List.of("real=web/b"));

    assertEquals(1, lab.plane.connections(ofB, 10).size());
    assertEquals(
        "web/a",
        lab.plane.connections(ConnectionFilter.ALL, 1).getFirst().real().toString(),
        "the oldest first");
    assertEquals(
        2, lab.plane.top(TalkerKind.CLIENT, ConnectionFilter.ALL, 5).getFirst().connections());
    assertEquals(1, lab.plane.disconnect(ofB));
    assertEquals(0, lab.plane.connections(ofB, 10).size());
    assertEquals(1, lab.plane.connections(ConnectionFilter.ALL, 10).size());
  }

  @Test
  void bothDirectionsOfATranslatedConnectionAreCut() {
    lab.apply(Lab.service("web", WEB, A));
    ByteBuffer forward = lab.connect(WEB, lab.indexes(WEB).get(0));
    ByteBuffer value = Octets.zeros(Flows.VALUE);
    lab.map("connections").lookup(forward, value);
    ByteBuffer back = Octets.zeros(Flows.KEY);
    back.put(0, forward, 16, 16).put(16, forward, 0, 16).put(32, forward, 34, 2);
    back.put(34, forward, 32, 2).put(36, forward.get(36));
    ByteBuffer reverse = Octets.zeros(Flows.VALUE).put(0, value, 0, Flows.VALUE);
    reverse.put(45, (byte) 1).put(48, forward, 0, Flows.KEY);
    value.put(48, back, 0, Flows.KEY);
    lab.map("connections").update(forward, value, BpfMap.Mode.ANY);
    lab.map("connections").update(back, reverse, BpfMap.Mode.ANY);

    assertEquals(1, lab.plane.disconnect(ConnectionFilter.ALL));

    for (ByteBuffer key : List.of(forward, back)) {
      lab.map("connections").lookup(key, value);
      assertTrue(Flows.cut(value));
    }
  }

  @Test
  void outOfServiceCuts() {
    lab.apply(Lab.service("web", WEB, A, B));
    lab.connect(WEB, lab.indexes(WEB).get(1));
    eventually(() -> lab.plane.loads("web").active(1) == 1, "it is seen");

    lab.apply(Lab.service("web", WEB, A, B.withAdminState(AdminState.OUT_OF_SERVICE)));

    assertEquals(List.of(), lab.plane.connections(ConnectionFilter.ALL, 10));
  }

  @Test
  void aRealServerWithoutAWayIsReportedAndComesBack() {
    lab.network.unreachable.add(B.address());
    lab.apply(Lab.service("web", WEB, A, B));

    assertEquals(1, lab.indexes(WEB).size());
    assertTrue(
        lab.events.stream().anyMatch(e -> e instanceof PlaneEvent.RealServerUnreachable),
        lab.events.toString());

    lab.network.unreachable.clear();
    lab.plane.networkChanged();

    eventually(() -> lab.events.contains(new PlaneEvent.RealServerReachable(B.id())), "it is back");
    assertEquals(2, lab.indexes(WEB).size());
  }

  @Test
  void aLookupTableNamesRealServersByTheirPlace() {
    LookupTable table = new LookupTable(7, 8, false, true, 64, List.of(0, 1, 1, 0));
    lab.apply(Lab.service("web", WEB, Optional.of(table), A, B));

    ServiceCell cell = lab.cell(WEB).orElseThrow();
    assertEquals(4, cell.table().size());
    assertEquals(Cells.NONE, cell.ring());
    assertEquals(7, cell.key0());
    assertEquals(ServiceCell.HASH_PORT, cell.flags());
    assertEquals(lab.indexes(WEB).get(1), lab.tableCell(cell.table().offset() + 1));
  }

  @Test
  void whereDirectorsStandForEachOtherATableTakesConnectionsInMidStream() {
    LookupTable table = new LookupTable(7, 8, false, true, 64, List.of(0, 1, 1, 0));
    InetAddress web = InetAddress.ofLiteral(WEB);
    ForwardedService hashing = Lab.service("web", WEB, Optional.of(table), A, B);
    ForwardedService counting = Lab.service("mail", MAIL, C);

    lab.applyFloating(Set.of(web, InetAddress.ofLiteral(MAIL)), hashing, counting);
    assertEquals(
        ServiceCell.HASH_PORT | ServiceCell.MIDSTREAM, lab.cell(WEB).orElseThrow().flags());
    assertEquals(0, lab.cell(MAIL).orElseThrow().flags(), "another director counts for itself");

    lab.applyFloating(Set.of(), hashing, counting);
    assertEquals(ServiceCell.HASH_PORT, lab.cell(WEB).orElseThrow().flags());
  }

  @Test
  void aSchedulerIsExchangedWithoutAGap() {
    lab.apply(Lab.service("web", WEB, A, B));
    ServiceCell before = lab.cell(WEB).orElseThrow();
    LookupTable table = new LookupTable(7, 8, false, false, 64, List.of(0, 1));

    lab.apply(Lab.service("web", WEB, Optional.of(table), A, B));
    assertEquals(Cells.NONE, lab.cell(WEB).orElseThrow().ring());
    lab.apply(Lab.service("web", WEB, A, B));

    assertEquals(before.index(), lab.cell(WEB).orElseThrow().index());
    assertEquals(2, lab.indexes(WEB).size());
    assertNotEquals(0, pick());
  }

  @Test
  void aServiceThatHasNoRoomIsRefusedByName() {
    ForwardedService[] many = new ForwardedService[64];
    for (int i = 0; i < many.length; i++) {
      many[i] = Lab.service("s" + i, "192.0.2." + i, A);
    }

    lab.apply(many);

    assertEquals(
        List.of("the kernel plane has no room: virtual services, at most 63"),
        lab.events.stream()
            .filter(e -> e instanceof PlaneEvent.ListenFailed)
            .map(e -> ((PlaneEvent.ListenFailed) e).why())
            .toList());
  }

  private List<String> addresses() {
    return lab.network.addresses().stream()
        .map(each -> each.address().getHostAddress() + "/" + each.prefixLength())
        .toList();
  }

  @Test
  void addressesFollowTheServicesOnTheDataInterfaceOnly() {
    lab.applyOn("card", Lab.service("web", WEB, A), Lab.service("mail", MAIL, A));
    assertEquals(3, addresses().size());
    assertEquals(2, lab.network.announced.size());

    lab.applyOn("card", Lab.service("web", WEB, A));
    assertEquals(List.of("10.0.0.254/24", WEB + "/32"), addresses());
    assertEquals(2, lab.network.announced.size(), "what stays is not announced again");

    lab.apply(Lab.service("web", WEB, A));
    assertEquals(List.of("10.0.0.254/24"), addresses());
  }

  @Test
  void aDataInterfaceThatIsMissingIsToldAndForwardingGoesOn() {
    lab.applyOn("other", Lab.service("web", WEB, A));

    assertTrue(
        lab.events.contains(
            new PlaneEvent.ResourceShort(
                "dataInterface", "director.dataInterface: there is no network device other")),
        lab.events.toString());
    assertTrue(lab.cell(WEB).isPresent());
    lab.applyOn("card", Lab.service("web", WEB, A));
    assertTrue(lab.events.contains(new PlaneEvent.ResourceEased("dataInterface")));
  }

  @Test
  void whatHasDrainedForLongEnoughIsCut() {
    ForwardedService web = draining(Duration.ofMillis(1), A, B);
    lab.apply(web);
    lab.connect(WEB, lab.indexes(WEB).get(0));
    lab.connect(WEB, lab.indexes(WEB).get(1));

    lab.apply(draining(Duration.ofMillis(1), A, B.withAdminState(AdminState.DRAIN)));

    eventually(
        () ->
            lab.plane.connections(ConnectionFilter.ALL, 10).stream()
                .map(each -> each.real().real())
                .toList()
                .equals(List.of("a")),
        "b's is cut, a's is not");
    lab.apply(draining(Duration.ofMillis(1), B.withAdminState(AdminState.DRAIN)));
    eventually(
        () -> lab.plane.connections(ConnectionFilter.ALL, 10).isEmpty(), "a is removed: cut");
  }

  private static ForwardedService draining(Duration drain, RealServer... reals) {
    ForwardedService plain = Lab.service("web", WEB, reals);
    Timeouts of = Timeouts.DEFAULT;
    Timeouts timeouts =
        new Timeouts(
            of.connect(), of.clientIdle(), of.serverIdle(), of.halfClosed(), of.flow(), drain);
    return new ForwardedService(
        Services.with(plain.service(), plain.service().forwarding(), timeouts),
        true,
        plain.realServers(),
        plain.chooser());
  }

  @Test
  void theWholeFolderCanBeRemoved() throws Exception {
    lab.apply(Lab.service("web", WEB, A));
    lab.plane.close();

    Pins.delete(folder);

    assertFalse(folder.toFile().exists());
  }
}
