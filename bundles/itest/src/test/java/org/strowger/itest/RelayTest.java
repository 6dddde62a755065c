package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.VariantBundle;

/** What the relay does for one connection, through a whole director, as its users meet it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class RelayTest {
  private static final String RESET = Caller.RESET;
  private static final int RANGE = 5;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final int absent = Plan.free(1);
  private final int range = Plan.free(RANGE);
  private Path folder;
  private Greeter keeper;
  private RelayLab lab;

  private <C extends AutoCloseable> C opened(C one) {
    opened.add(one);
    return one;
  }

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    keeper = opened(Greeter.staying("k"));
    String[] three = new String[3];
    String[] datagrams = new String[3];
    for (int i = 0; i < three.length; i++) {
      String name = List.of("a", "b", "c").get(i);
      three[i] = opened(Greeter.on(name)).wanted();
      datagrams[i] = opened(new UdpNamer(name)).wanted();
    }
    for (int port = range; port < range + RANGE; port++) {
      opened(new Greeter("on-" + port, "127.0.0.2", port, false));
    }
    Greeter one = opened(Greeter.on("one"));
    Plan plan =
        new Plan()
            .pool("three", three)
            .pool("sticky", three)
            .pool("loyal", three)
            .pool("keeper", keeper.wanted())
            .pool("dgrams", datagrams)
            .pool("small", one.wanted().replace(" }", ", upperThreshold: 1 }"))
            .pool("tiny", one.wanted().replace(" }", ", upperThreshold: 1 }"))
            .pool("missing", "m: { address: 127.0.0.1, port: " + absent + " }")
            .pool("sorry", opened(Greeter.on("sorry")).wanted())
            .pool("same", "s: { address: 127.0.0.2, port: same }");
    services(plan);
    lab = opened(new RelayLab(folder, plan));
  }

  private void services(Plan plan) {
    plan.service("guarded", "three", "access: { deny: [127.0.1.9/32] }")
        .service(
            "sticky", "sticky", "scheduler: rr", "persistence: { timeout: 10m, prefixIpv4: 24 }")
        .service(
            "loyal",
            "loyal",
            "scheduler: rr",
            "persistence: { timeout: 10m, prefixIpv4: 24, toQuiesced: true }")
        .service("full", "three", "limits: { connections: 3 }")
        .service("single", "three", "limits: { connectionsPerSource: 2 }")
        .service("slow", "three", "limits: { rate: 1, burst: 3 }")
        .service("patient", "small", "queue: { size: 1, timeout: 2m }")
        .service("brief", "tiny", "queue: { size: 2, timeout: 300ms }")
        .service("spared", "missing", "backupPool: sorry", "connectTries: 3")
        .service("idle", "keeper", "timeouts: { clientIdle: 1s }")
        .service("drained", "keeper", "timeouts: { drain: 1s }")
        .range("range", range, range + RANGE - 1, "same")
        .service("six", "::1", Plan.free(1), "three", "scheduler: rr")
        .service("flows", "dgrams", "protocol: udp", "scheduler: rr")
        .service("stream", "dgrams", "protocol: udp", "scheduler: rr")
        .service("each", "dgrams", "protocol: udp", "scheduler: rr", "onePacket: true")
        .service("logged", "three", "connectionLog: { sample: 1 }");
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private String greeting(String service, String source) throws IOException {
    return Caller.greetingOf(source, lab.port(service));
  }

  private Caller caller(String service, String source) throws IOException {
    return Caller.from(source, lab.port(service));
  }

  @Test
  void anEditedAccessListIsAskedForNewConnectionsAndTouchesNoLiveOne() throws Exception {
    assertEquals(RESET, greeting("guarded", "127.0.1.9"));
    lab.awaitVerdicts("guarded", "accessDenied", 1);
    try (Caller live = caller("guarded", "127.0.1.8")) {
      assertNotEquals(RESET, live.greeting());
      lab.cli("set", "virtualServices.guarded.access.deny", "[127.0.1.8/32]");
      assertEquals(RESET, greeting("guarded", "127.0.1.8"));
      assertNotEquals(RESET, greeting("guarded", "127.0.1.9"));
      assertTrue(live.echoes(), "the connection from before goes on");
    }
    lab.awaitVerdicts("guarded", "accessDenied", 2);
    lab.awaitVerdicts("guarded", "accepted", 2);
  }

  /** The real server that all connections of a /24 network come to. */
  private String together(String service, String network) throws IOException {
    Set<String> reals = new TreeSet<>();
    for (int host = 1; host <= 20; host++) {
      reals.add(greeting(service, network + host));
    }
    assertEquals(1, reals.size(), service + " of " + network + "0/24: " + reals);
    assertFalse(reals.contains(RESET), "refused");
    return reals.iterator().next();
  }

  private Path variant(String bundle) throws IOException {
    return VariantBundle.withHeaders(
        lab.distribution, bundle, Map.of("Bundle-Version", "0.1.1"), folder);
  }

  @Test
  void aNetworkKeepsItsRealServerThroughUpdatesUntilThatIsQuiesced() throws Exception {
    String first = together("sticky", "127.0.2.");
    assertNotEquals(first, together("sticky", "127.0.3."), "another network has its own turn");
    assertEquals(first, together("sticky", "127.0.2."));
    lab.awaitCounted("sticky", "PersistHits", 58);
    lab.awaitCounted("sticky", "PersistEntries", 2);
    String loyal = together("loyal", "127.0.2.");
    int before = lab.director.log().length();
    try (Caller live = caller("logged", "127.0.2.1");
        DatagramSocket flow = new DatagramSocket()) {
      String real = live.greeting();
      String answers = UdpNamer.ask(flow, lab.port("stream"), "first");
      for (String bundle : List.of("director", "relay", "wire")) {
        long total = lab.counted("logged", "ConnsTotal");
        lab.cli("bundle", "update", variant(bundle).toString());
        String after = "after the update of " + bundle;
        assertEquals(first, together("sticky", "127.0.2."), after);
        assertEquals(loyal, together("loyal", "127.0.2."), after);
        assertTrue(live.echoes(), real + " " + after);
        assertEquals(answers, UdpNamer.ask(flow, lab.port("stream"), bundle), after);
        assertTrue(lab.counted("logged", "ConnsTotal") >= total, after);
      }
      assertEquals(1, lab.counted("stream", "ConnsTotal"), "one flow from the first to the last");
    }
    String log = lab.director.log().substring(before);
    assertFalse(log.contains("severity=\"critical\""), "an update is no alarm");
    lab.cli("set", "weight", "sticky/" + first, "0");
    lab.cli("set", "weight", "loyal/" + loyal, "0");
    assertNotEquals(first, together("sticky", "127.0.2."), "it moves away together");
    assertEquals(loyal, together("loyal", "127.0.2."), "toQuiesced");
    assertNotEquals(loyal, together("loyal", "127.0.4."), "who is new does not come there");
  }

  @Test
  void theConnectionBeyondALimitIsResetAndCountedUntilThereIsRoom() throws Exception {
    List<Caller> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      held.add(opened(caller("full", "127.0.0.1")));
      assertNotEquals(RESET, held.getLast().greeting());
    }
    assertEquals(RESET, greeting("full", "127.0.0.1"));
    lab.awaitVerdicts("full", "connectionLimit", 1);
    held.getFirst().close();
    Lab.await("room again", () -> !greeting("full", "127.0.0.1").equals(RESET));
    Caller one = opened(caller("single", "127.0.5.1"));
    Caller two = opened(caller("single", "127.0.5.1"));
    assertNotEquals(RESET, one.greeting());
    assertNotEquals(RESET, two.greeting());
    assertEquals(RESET, greeting("single", "127.0.5.1"));
    assertNotEquals(RESET, greeting("single", "127.0.5.2"), "another source");
    lab.awaitVerdicts("single", "connectionLimit", 1);
  }

  @Test
  void connectionsComeAtTheirRate() throws Exception {
    long start = System.nanoTime();
    int refused = 0;
    int tries = 20;
    for (int i = 0; i < tries; i++) {
      refused += greeting("slow", "127.0.0.1").equals(RESET) ? 1 : 0;
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    assertTrue(tries - refused >= 3, "the burst is let in");
    assertTrue(tries - refused <= 4 + seconds, refused + " refused in " + seconds + " s");
    lab.awaitVerdicts("slow", "rateLimit", refused);
  }

  @Test
  void whoWaitsIsServedWhenAPlaceGetsFree() throws Exception {
    Caller first = opened(caller("patient", "127.0.0.1"));
    assertEquals("one", first.greeting());
    try (Caller waiting = caller("patient", "127.0.0.1")) {
      Lab.await("one waits", () -> lab.counted("patient", "ConnsWaiting") == 1);
      assertEquals(RESET, greeting("patient", "127.0.0.1"));
      lab.awaitVerdicts("patient", "queueFull", 1);
      first.close();
      assertEquals("one", waiting.greeting());
      assertTrue(waiting.echoes());
    }
    lab.awaitCounted("patient", "ConnsWaited", 1);
  }

  @Test
  void whoWaitedTooLongIsResetAndCounted() throws Exception {
    try (Caller first = caller("brief", "127.0.0.1")) {
      assertEquals("one", first.greeting());
      assertEquals(RESET, greeting("brief", "127.0.0.1"));
      lab.awaitVerdicts("brief", "queueExpired", 1);
      assertTrue(first.echoes());
    }
  }

  @Test
  void theBackupPoolServesWithAnAlarmWhileNobodyOfThePoolIsUp() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertEquals("sorry", greeting("spared", "127.0.0.1"), "connection " + i);
    }
    Lab.await("alarm", () -> lab.alarmed("serviceOnBackup", "spared"));
    try (Caller live = caller("spared", "127.0.0.1");
        Greeter own = new Greeter("m", "127.0.0.1", absent, false)) {
      assertEquals("sorry", live.greeting());
      assertEquals(absent, own.port());
      Lab.await("its own again", () -> greeting("spared", "127.0.0.1").equals("m"));
      Lab.await("no alarm", () -> !lab.alarmed("serviceOnBackup", "spared"));
      assertTrue(live.echoes(), "who was with the backup pool stays there");
    }
  }

  @Test
  void bothEndsOfAnIdleConnectionAreReset() throws Exception {
    long before = keeper.resets();
    try (Caller caller = caller("idle", "127.0.0.1")) {
      assertEquals("k", caller.greeting());
      assertTrue(caller.isReset());
      Lab.await("the real server is told", () -> keeper.resets() > before);
    }
    lab.awaitCounted("idle", "ConnsTimedOut", 1);
  }

  @Test
  void whatIsLeftAtTheDrainDeadlineIsCut() throws Exception {
    try (Caller caller = caller("drained", "127.0.0.1")) {
      assertEquals("k", caller.greeting());
      long start = System.nanoTime();
      lab.cli("drain", "service", "drained");
      assertThrows(ConnectException.class, () -> greeting("drained", "127.0.0.1"));
      assertTrue(caller.isReset());
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertTrue(millis >= 1_000, "cut after " + millis + " ms");
    }
    lab.cli("resume", "service", "drained");
    Lab.await("it listens again", this::drainedServes);
  }

  private boolean drainedServes() throws IOException {
    try {
      return greeting("drained", "127.0.0.1").equals("k");
    } catch (ConnectException notYet) {
      return false;
    }
  }

  @Test
  void eachPortOfARangeComesToTheSamePortOfTheRealServer() throws Exception {
    for (int port = range; port < range + RANGE; port++) {
      assertEquals("on-" + port, Caller.greetingOf("127.0.0.1", port));
    }
    lab.awaitCounted("range", "ConnsTotal", RANGE);
  }

  @Test
  void clientsOfIpv6ReachRealServersOfIpv4() throws Exception {
    Set<String> reals = new TreeSet<>();
    for (int i = 0; i < 3; i++) {
      try (Caller caller = new Caller("::1", "::1", lab.port("six"))) {
        reals.add(caller.greeting());
        assertTrue(caller.echoes());
      }
    }
    assertEquals(Set.of("a", "b", "c"), reals);
  }

  @Test
  void theDatagramsOfAFlowStayTogether() throws Exception {
    Set<String> all = new TreeSet<>();
    for (int i = 0; i < 3; i++) {
      DatagramSocket client = opened(new DatagramSocket());
      Set<String> own = new TreeSet<>();
      for (int n = 0; n < 5; n++) {
        own.add(UdpNamer.ask(client, lab.port("flows"), "d" + n));
      }
      assertEquals(1, own.size(), "one flow: " + own);
      all.addAll(own);
      String shown = lab.cli("show", "connections", "service=flows");
      assertTrue(
          shown.contains(":" + client.getLocalPort() + " ")
              && shown.contains("dgrams/" + own.iterator().next()),
          shown);
    }
    assertEquals(Set.of("a", "b", "c"), all);
    lab.awaitCounted("flows", "ConnsActive", 3);
  }

  @Test
  void eachDatagramAloneIsSpread() throws Exception {
    Set<String> all = new TreeSet<>();
    try (DatagramSocket client = new DatagramSocket()) {
      for (int n = 0; n < 6; n++) {
        all.add(UdpNamer.ask(client, lab.port("each"), "d" + n));
      }
    }
    assertEquals(Set.of("a", "b", "c"), all);
  }

  @Test
  void aLoggedConnectionHasItsLine() throws Exception {
    int port;
    try (Caller caller = caller("logged", "127.0.6.1")) {
      port = caller.port();
      caller.greeting();
      assertTrue(caller.echoes());
    }
    String client = "127.0.6.1:" + port;
    Lab.await("its line", () -> lab.director.log().lines().anyMatch(line -> line.contains(client)));
    String line =
        lab.director.log().lines().filter(one -> one.contains(client)).findFirst().orElseThrow();
    for (String word :
        List.of("strowger.connections", "logged", "three/", "bytesIn", "accepted", "INFO")) {
      assertTrue(line.contains(word), word + " in " + line);
    }
  }
}
