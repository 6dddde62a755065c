package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverCommand;
import org.strowger.api.SwitchReason;
import org.strowger.api.VrrpCounters;
import org.strowger.api.VrrpInstanceState;
import org.strowger.failover.Station.Wish;

/** Two directors of ours on one link: real sockets, real addresses. */
@SuppressWarnings("try") // a station that nobody asks is there for its adverts; some end early
class NamespaceTest {
  private static final Wish FIRST = Wish.of(150);
  private static final Wish SECOND = Wish.of(100);

  @TempDir Path folder;
  private Pair pair;

  @BeforeEach
  void build() throws Exception {
    pair = new Pair();
  }

  @AfterEach
  void remove() throws Exception {
    if (pair != null) { // an assumption failed
      pair.close();
    }
  }

  private static void await(Station station, DirectorRole role) throws InterruptedException {
    Pair.await(role.word(), () -> station.is(role), () -> station.state().toString());
  }

  /** In the end the address is in that house and in no other. */
  private void awaitAddress(String house, Wish wish) throws InterruptedException {
    String other = house.equals(Pair.A) ? Pair.B : Pair.A;
    Pair.await(
        wish.address() + " at " + house + " only",
        () -> pair.has(house, wish.address()) && !pair.has(other, wish.address()),
        () -> Pair.say("ip netns exec " + pair.street.name(house) + " ip -o addr"));
  }

  private static void awaitHeard(Station station) throws InterruptedException {
    Pair.await(
        "an advert",
        () -> station.state().filter(s -> s.counters().advertsReceived() > 0).isPresent(),
        () -> station.state().toString());
  }

  private Station at(String house, Wish wish) throws Exception {
    return Station.at(pair.street, house, wish.instance());
  }

  @Test
  void theOneOfHigherPriorityHasTheAddressUntilItsCableIsCutAndAgainAfterwards() throws Exception {
    try (Station a = at(Pair.A, FIRST);
        Station b = at(Pair.B, SECOND)) {
      awaitAddress(Pair.A, FIRST);
      await(b, DirectorRole.BACKUP);
      pair.cut(Pair.A);
      await(b, DirectorRole.ACTIVE);
      assertEquals(SwitchReason.PEER_LOST, b.state().orElseThrow().reason());
      Pair.await(
          "the alarm",
          () -> b.thread().conditions().toString().contains("fell silent"),
          () -> b.thread().conditions().toString());
      pair.mend(Pair.A);
      awaitAddress(Pair.A, FIRST);
      await(b, DirectorRole.BACKUP);
      Pair.await(
          "the end of the alarm",
          () -> b.thread().conditions().isEmpty(),
          () -> b.thread().conditions().toString());
      assertTrue(b.state().orElseThrow().counters().advertsReceived() > 0);
    }
  }

  @Test
  void overIpv6ItIsTheSame() throws Exception {
    try (Station a = at(Pair.A, FIRST.six());
        Station b = at(Pair.B, SECOND.six())) {
      awaitAddress(Pair.A, FIRST.six());
      awaitHeard(b);
      a.close();
      awaitAddress(Pair.B, FIRST.six());
      assertEquals(SwitchReason.PEER_RESIGNED, b.state().orElseThrow().reason());
    }
  }

  @Test
  void whoseLinkGoesDownGivesUpTheAddressAndTakesItBack() throws Exception {
    try (Station a = at(Pair.A, FIRST);
        Station b = at(Pair.B, SECOND)) {
      awaitAddress(Pair.A, FIRST);
      pair.street.in("link", "ip link set to-a down");
      await(a, DirectorRole.INITIALIZE);
      assertTrue(a.state().orElseThrow().reasonText().contains("no carrier"), a.state().toString());
      awaitAddress(Pair.B, FIRST);
      pair.street.in("link", "ip link set to-a up");
      awaitAddress(Pair.A, FIRST);
    }
  }

  @Test
  void anOperatorHandsOverAndItDoesNotComeBackByItself() throws Exception {
    try (Station a = at(Pair.A, FIRST.slow());
        Station b = at(Pair.B, SECOND.slow())) {
      awaitAddress(Pair.A, FIRST);
      awaitHeard(b);
      assertTrue(b.thread().command(FailoverCommand.SWITCH, "", x -> {}).get().isPresent());
      assertTrue(a.thread().command(FailoverCommand.SWITCH, "", x -> {}).get().isEmpty());
      awaitAddress(Pair.B, FIRST);
      long heard = a.state().orElseThrow().counters().advertsReceived();
      Pair.await(
          "adverts of the other one",
          () -> a.state().orElseThrow().counters().advertsReceived() > heard + 4,
          () -> a.state().toString());
      assertTrue(a.is(DirectorRole.BACKUP), a.state().toString());
      b.close();
      awaitAddress(Pair.A, FIRST);
    }
  }

  @Test
  void theBundleIsExchangedAndNobodyTakesOver() throws Exception {
    try (Station b = at(Pair.B, SECOND)) {
      Set<String> active;
      long before;
      try (Station a = at(Pair.A, FIRST)) {
        await(a, DirectorRole.ACTIVE);
        awaitHeard(b);
        before = b.state().orElseThrow().transitions();
        active = a.thread().handOver();
      }
      assertEquals(Set.of(Station.NAME), active);
      Pair.await(
          "three intervals",
          () -> b.state().orElseThrow().masterDownMillis() > 3_000,
          () -> b.state().toString());
      assertTrue(pair.has(Pair.A, FIRST.address()), "it is there meanwhile");
      try (Station a = Station.at(pair.street, Pair.A, FIRST.instance(), active)) {
        await(a, DirectorRole.ACTIVE);
        Pair.await(
            "adverts in the old rhythm",
            () -> b.state().orElseThrow().masterDownMillis() < 1_000,
            () -> b.state().toString());
        assertEquals(before, b.state().orElseThrow().transitions(), b.state().toString());
        assertTrue(b.is(DirectorRole.BACKUP));
        assertTrue(pair.has(Pair.A, FIRST.address()));
      }
    }
  }

  @Test
  void ofOneThatIsKilledOrHangsTheKernelTakesTheAddressAway() throws Exception {
    Process process = process("150");
    try (Station b = at(Pair.B, SECOND)) {
      await(b, DirectorRole.BACKUP);
      Pair.say("kill -STOP " + process.pid());
      awaitAddress(Pair.B, FIRST);
      Pair.say("kill -CONT " + process.pid());
      awaitAddress(Pair.A, FIRST); // it has the higher priority, and noticed that it slept
      Pair.say("kill -KILL " + process.pid());
      awaitAddress(Pair.B, FIRST);
      assertFalse(process.isAlive());
    }
  }

  /** A station at a as a process of its own, which has the address. */
  private Process process(String... words) throws Exception {
    Path log = folder.resolve("station.log");
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "org.strowger.failover.StationProcess"));
    command.addAll(List.of(words));
    Process process = pair.start(Pair.A, log, command.toArray(String[]::new));
    Pair.await("the process", () -> read(log).contains("started"), () -> read(log));
    awaitAddress(Pair.A, FIRST);
    return process;
  }

  /** Counted in adverts, not in time: it may be that nobody has a processor. */
  @Test
  void oneThatHungStepsBackAndTheOtherOneHearsNothingOfIt() throws Exception {
    Process process = process("150", "bows");
    try (Station b = at(Pair.B, SECOND.bows())) {
      await(b, DirectorRole.BACKUP);
      awaitHeard(b);
      long bound = b.state().orElseThrow().masterDownMillis();
      long stopped = System.nanoTime();
      Pair.say("kill -STOP " + process.pid());
      await(b, DirectorRole.ACTIVE);
      System.out.printf(
          "failover: a director that hung was relieved after %d ms, at most %d were announced%n",
          (System.nanoTime() - stopped) / 1_000_000, bound);
      assertEquals(SwitchReason.PEER_LOST, b.state().orElseThrow().reason());
      awaitAddress(Pair.B, FIRST);
      VrrpCounters before = b.state().orElseThrow().counters();
      Pair.say("kill -CONT " + process.pid());
      Pair.await(
          "adverts of the one that took over",
          () -> b.state().orElseThrow().counters().advertsSent() > before.advertsSent() + 10,
          () -> b.state().toString());
      VrrpInstanceState now = b.state().orElseThrow();
      assertTrue(b.is(DirectorRole.ACTIVE), now.toString());
      assertEquals(1, now.transitions(), "it was active all the time");
      assertEquals(before.advertsReceived(), now.counters().advertsReceived(), now.toString());
      assertTrue(pair.has(Pair.B, FIRST.address()) && !pair.has(Pair.A, FIRST.address()));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void whatChangesInOperationMovesNothing() throws Exception {
    try (Station a = at(Pair.A, FIRST.slow());
        Station b = at(Pair.B, SECOND.slow())) {
      awaitAddress(Pair.A, FIRST);
      awaitHeard(b);
      a.want(new Wish(3, false, 160, true, Duration.ofSeconds(2)).instance(), Set.of());
      Pair.await(
          "the new rhythm",
          () -> b.state().orElseThrow().masterDownMillis() > 6_000,
          () -> b.state().toString());
      assertEquals(160, b.state().orElseThrow().activePriority());
      assertEquals(1, a.state().orElseThrow().transitions());
      assertEquals(0, b.state().orElseThrow().transitions());
      pair.street.in(Pair.A, "ip addr del " + FIRST.address() + "/32 dev door");
      awaitAddress(Pair.A, FIRST); // somebody took it away: it is set again
      assertTrue(a.is(DirectorRole.ACTIVE));
    }
  }

  private static boolean says(Station station, String word) {
    return station.thread().conditions().toString().contains(word);
  }

  @Test
  void anAdvertWithoutTheKeyTakesNothingWhateverItsPriority() throws Exception {
    try (Station a = at(Pair.A, FIRST.signed("ours"));
        Station forger = at(Pair.B, Wish.of(255))) {
      await(a, DirectorRole.ACTIVE);
      await(forger, DirectorRole.ACTIVE);
      Pair.await(
          "the alarm", () -> says(a, "ADVERT_FORGED"), () -> a.thread().conditions().toString());
      long refused = a.state().orElseThrow().counters().signatureErrors();
      Pair.await(
          "more of them",
          () -> a.state().orElseThrow().counters().signatureErrors() > refused + 10,
          () -> a.state().toString());
      assertTrue(a.is(DirectorRole.ACTIVE), a.state().toString());
      assertEquals(1, a.state().orElseThrow().transitions());
      assertTrue(pair.has(Pair.A, FIRST.address()));
      assertFalse(says(a, "SPLIT_BRAIN"), "a forger is no director");
    }
  }

  @Test
  void signedDirectorsTakeOverFromEachOther() throws Exception {
    try (Station a = at(Pair.A, FIRST.signed("ours"));
        Station b = at(Pair.B, SECOND.signed("ours"))) {
      awaitAddress(Pair.A, FIRST);
      awaitHeard(b);
      assertEquals(0, b.state().orElseThrow().counters().signatureErrors());
      pair.cut(Pair.A);
      await(b, DirectorRole.ACTIVE);
      pair.mend(Pair.A);
      awaitAddress(Pair.A, FIRST);
      await(b, DirectorRole.BACKUP);
      assertEquals(0, b.state().orElseThrow().counters().replayErrors(), b.state().toString());
      assertFalse(says(b, "ADVERT_FORGED"), b.thread().conditions().toString());
    }
  }

  /** What another programme makes of our adverts: version, TTL, checksum. */
  @ParameterizedTest
  @CsvSource({"3, false", "3, true", "2, false"})
  void tsharkFindsNothingWrongWithTheAdverts(int version, boolean ipv6) throws Exception {
    assumeTrue(Pair.present("tshark"), "tshark is not installed");
    Wish wish = ipv6 ? FIRST.version(version).six() : FIRST.version(version);
    try (Station a = at(Pair.A, wish)) {
      Path seen = folder.resolve("tshark.log");
      List<String> command =
          new ArrayList<>(List.of("tshark", "-n", "-i", "door", "-c", "3", "-T", "fields"));
      command.addAll(List.of("-f", ipv6 ? "ip6 proto 112" : "ip proto 112"));
      for (String field :
          List.of(
              "vrrp.version", "ip.ttl", "ipv6.hlim", "vrrp.checksum.status", "vrrp.addr_count")) {
        command.addAll(List.of("-e", field));
      }
      Process tshark = pair.start(Pair.B, seen, command.toArray(String[]::new));
      Pair.await("three adverts", () -> !tshark.isAlive(), () -> a.state() + read(seen));
      String hops = ipv6 ? "\t255" : "255\t";
      String line = version + "\t" + hops + "\t1\t" + (ipv6 ? 2 : 1);
      assertEquals(3, read(seen).lines().filter(line::equals).count(), read(seen));
    }
  }
}
