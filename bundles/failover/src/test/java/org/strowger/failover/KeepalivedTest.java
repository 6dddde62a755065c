package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.api.DirectorRole;
import org.strowger.api.SwitchReason;
import org.strowger.api.VrrpCounters;
import org.strowger.failover.Station.Wish;

/** Beside Debian's keepalived: both roles, both versions, both families. */
@SuppressWarnings("try") // a station that nobody asks is there for its adverts; some end early
class KeepalivedTest {
  private static final boolean LONG = Boolean.getBoolean("strowger.long");

  @TempDir Path folder;
  private Pair pair;

  @BeforeEach
  void build() throws Exception {
    assumeTrue(Pair.present("keepalived"), "keepalived is not installed");
    pair = new Pair();
  }

  @AfterEach
  void remove() throws Exception {
    if (pair != null) { // an assumption failed
      pair.close();
    }
  }

  private void awaitAddress(String house, Wish wish, Keepalived keepalived, Station station)
      throws InterruptedException {
    String other = house.equals(Pair.A) ? Pair.B : Pair.A;
    Pair.await(
        wish.address() + " at " + house + " only",
        () -> pair.has(house, wish.address()) && !pair.has(other, wish.address()),
        () -> station.state() + "\n" + keepalived.log());
  }

  @ParameterizedTest
  @CsvSource({"3, false", "3, true", "2, false"})
  void oursIsTheBackupTakesOverWhenKeepalivedStopsAndGivesBack(int version, boolean ipv6)
      throws Exception {
    Wish ours = wish(100, version, ipv6);
    settle(ipv6);
    Keepalived keepalived = Keepalived.at(pair, Pair.A, folder, wish(150, version, ipv6));
    try (Station b = Station.at(pair.street, Pair.B, ours.instance())) {
      awaitAddress(Pair.A, ours, keepalived, b);
      Pair.await(
          "its adverts",
          () -> b.state().orElseThrow().counters().advertsReceived() > 0,
          () -> b.state() + keepalived.log());
      keepalived.stop();
      awaitAddress(Pair.B, ours, keepalived, b);
      assertEquals(SwitchReason.PEER_RESIGNED, b.state().orElseThrow().reason());
      keepalived.restart();
      awaitAddress(Pair.A, ours, keepalived, b);
      noErrors(b);
    }
  }

  @ParameterizedTest
  @CsvSource({"3, false", "3, true", "2, false"})
  void oursIsActiveAndKeepalivedUnderstandsItsAdverts(int version, boolean ipv6) throws Exception {
    assumeTrue(version == 3 || LONG, "version 2 is slow: only with --long");
    Wish ours = wish(150, version, ipv6);
    settle(ipv6);
    try (Station b = Station.at(pair.street, Pair.B, ours.instance())) {
      Pair.await("its role", () -> b.is(DirectorRole.ACTIVE), () -> b.state().toString());
      Keepalived keepalived = Keepalived.at(pair, Pair.A, folder, wish(100, version, ipv6));
      Pair.await(
          "its start",
          () -> keepalived.log().contains("Entering BACKUP STATE (init)"),
          keepalived::log);
      long sent = b.state().orElseThrow().counters().advertsSent();
      Pair.await(
          "so many adverts that keepalived would take over without them",
          () -> b.state().orElseThrow().counters().advertsSent() > sent + 5,
          () -> b.state().toString());
      awaitAddress(Pair.B, ours, keepalived, b);
      b.close();
      awaitAddress(Pair.A, ours, keepalived, b);
      noErrors(b);
      assertFalse(keepalived.log().contains("bogus"), keepalived.log());
    }
  }

  /** A link-local address that the kernel still checks is no source. */
  private void settle(boolean ipv6) throws InterruptedException {
    for (String house : ipv6 ? new String[] {Pair.A, Pair.B} : new String[0]) {
      String question =
          "ip netns exec " + pair.street.name(house) + " ip -6 addr show dev door tentative";
      Pair.await("free addresses", () -> Pair.say(question).isBlank(), () -> Pair.say(question));
    }
  }

  @Test
  void whoIsToldNotToPreemptBows() throws Exception {
    Wish ours = Wish.of(150).slow().bows();
    Keepalived keepalived = Keepalived.at(pair, Pair.A, folder, Wish.of(100).slow());
    Pair.await(
        "keepalived's address", () -> pair.has(Pair.A, ours.address()), () -> keepalived.log());
    try (Station b = Station.at(pair.street, Pair.B, ours.instance())) {
      Pair.await(
          "more adverts than it takes to preempt",
          () -> b.state().filter(s -> s.counters().advertsReceived() > 4).isPresent(),
          () -> b.state() + keepalived.log());
      assertTrue(b.is(DirectorRole.BACKUP), b.state().toString());
      noErrors(b);
    }
  }

  private static Wish wish(int priority, int version, boolean ipv6) {
    Wish wish = Wish.of(priority).version(version);
    return ipv6 ? wish.six() : wish;
  }

  private static void noErrors(Station station) {
    VrrpCounters counters = station.state().orElseThrow().counters();
    assertEquals(0, counters.checksumErrors(), counters.toString());
    assertEquals(0, counters.lengthErrors(), counters.toString());
    assertEquals(0, counters.versionErrors(), counters.toString());
    assertEquals(0, counters.addressListErrors(), counters.toString());
    assertEquals(0, counters.hopErrors(), counters.toString());
  }
}
