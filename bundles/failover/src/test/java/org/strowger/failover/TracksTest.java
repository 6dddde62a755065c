package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.NetworkDevice;
import org.strowger.api.SwitchReason;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpTrack;
import org.strowger.api.VrrpTrack.Subject;
import org.strowger.testkit.FailoverSample;
import org.strowger.testkit.FakeDirector;

/** What is tracked, and what it means for the one who tracks it. */
class TracksTest {
  private static final long SECOND = Advert.SECOND;

  @TempDir private Path state;
  private Optional<Tracks> tracks = Optional.empty();
  private Around around = new Around(Optional.empty(), Optional.empty(), true, Optional.empty());
  private long now = 1;

  @AfterEach
  void close() {
    tracks.ifPresent(Tracks::close);
  }

  private static VrrpTrack track(Subject subject, int rise, int fall) {
    return new VrrpTrack("it", subject, Duration.ofSeconds(1), Duration.ofSeconds(10), rise, fall);
  }

  private static Vrrp wanted(VrrpTrack track, int weight) {
    VrrpInstance plain = new Station.Wish(3, false, 150, true, Duration.ofMillis(100)).instance();
    VrrpInstance gate =
        new VrrpInstance(
            plain.name(),
            plain.device(),
            plain.version(),
            plain.routerId(),
            plain.priority(),
            plain.advertInterval(),
            plain.preempt(),
            plain.preemptDelay(),
            plain.startDelay(),
            plain.addresses(),
            plain.source(),
            plain.unicastPeers(),
            plain.pseudoHeader(),
            plain.announceInterval(),
            plain.deadMan(),
            plain.signing(),
            Map.of("it", weight),
            false);
    return new Vrrp(Map.of(gate.name(), gate), Map.of(), Map.of(), Map.of("it", track));
  }

  private Burden look(Vrrp wanted) {
    now += SECOND;
    Tracks looks = tracks.orElseGet(() -> new Tracks(state));
    tracks = Optional.of(looks);
    return looks.look(wanted, around, now).get(Station.NAME);
  }

  private void device(boolean up, boolean running) {
    NetworkDevice device =
        new NetworkDevice(3, "eth1", Optional.empty(), 1_500, up, running, false, "");
    around = new Around(Optional.empty(), Optional.of(List.of(device)), true, Optional.empty());
  }

  @Test
  void anInterfaceWithoutCarrierTakesItsWeightOffThePriority() {
    Vrrp wanted = wanted(track(new Subject.Device("eth1"), 1, 1), 30);
    assertFalse(look(wanted).known(), "nobody looked at the devices yet");
    device(true, true);
    assertEquals(Burden.NONE, look(wanted));
    device(true, false);
    Burden burden = look(wanted);
    assertEquals(30, burden.lowers());
    assertEquals(List.of("it"), burden.failed());
    assertEquals("track it: the network device eth1 has no carrier", burden.text());
    assertEquals(Optional.empty(), burden.hindrance());
    device(true, true);
    assertEquals(Burden.NONE, look(wanted));
  }

  @Test
  void withoutAWeightTheInstanceGivesUp() {
    Vrrp wanted = wanted(track(new Subject.Device("eth1"), 1, 1), 0);
    around = new Around(Optional.empty(), Optional.of(List.of()), true, Optional.empty());
    Burden.Hindrance hindrance = look(wanted).hindrance().orElseThrow();
    assertEquals(SwitchReason.TRACK, hindrance.reason());
    assertEquals("track it: there is no network device eth1", hindrance.text());
  }

  @Test
  void oneBadLookIsNotAFailureWhereTwoAreNeeded() throws Exception {
    Path file = Files.createFile(state.resolve("flag"));
    Vrrp wanted = wanted(track(new Subject.Present(Path.of("flag")), 2, 2), 10);
    assertEquals(0, look(wanted).lowers());
    Files.delete(file);
    assertEquals(0, look(wanted).lowers(), "one bad look");
    assertEquals(10, look(wanted).lowers(), "two");
    Files.createFile(file);
    assertEquals(10, look(wanted).lowers(), "one good look");
    assertEquals(0, look(wanted).lowers(), "two");
  }

  @Test
  void aProcessIsFoundByTheNameTheKernelHas() throws Exception {
    String mine = Files.readString(Path.of("/proc/self/comm")).strip();
    assertEquals(0, look(wanted(track(new Subject.Running(mine), 1, 1), 10)).lowers());
    Vrrp other = wanted(track(new Subject.Running("no-such-thing"), 1, 1), 10);
    assertEquals("track it: no process no-such-thing runs", look(other).text());
  }

  @Test
  void theKernelIsAskedForDevicesWhenALookIsDue() {
    VrrpTrack slow =
        new VrrpTrack(
            "it", new Subject.Device("eth1"), Duration.ofHours(1), Duration.ofSeconds(1), 1, 1);
    Vrrp wanted = wanted(slow, 10);
    assertFalse(look(wanted).known(), "the kernel did not answer");
    Tracks looks = tracks.orElseThrow();
    assertFalse(looks.asksForDevices(wanted, now + SECOND / 4));
    assertTrue(looks.asksForDevices(wanted, now + SECOND), "not only after an hour");
    device(true, true);
    assertTrue(look(wanted).known());
    assertFalse(looks.asksForDevices(wanted, now + SECOND));
    assertTrue(looks.asksForDevices(wanted, now + 3_600 * SECOND));
  }

  @Test
  void aServiceThatTheDirectorDidNotLookAtYetIsNotGood() {
    around =
        new Around(
            Optional.of(new FakeDirector("a").snapshot()),
            Optional.empty(),
            true,
            Optional.empty());
    Vrrp wanted = wanted(track(new Subject.Services(List.of("web", "later")), 1, 1), 10);
    assertFalse(look(wanted).known());
  }

  @Test
  void theDutyOfWhoWasNeverSeenIsNotKnownAtFirst() {
    Duty duty = new Duty();
    assertEquals(Duty.Judgement.UNKNOWN, duty.judge(FailoverSample.GATE, around, now));
    long starts = now + 29 * SECOND;
    assertEquals(Duty.Judgement.UNKNOWN, duty.judge(FailoverSample.GATE, around, starts));
    long started = now + 31 * SECOND;
    assertEquals(Duty.Judgement.GOOD, duty.judge(FailoverSample.GATE, around, started));
  }

  private Path script(String text, String permissions) throws Exception {
    Path script = Files.writeString(state.resolve("check"), "#!/bin/sh\n" + text + "\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString(permissions));
  }

  /** Until a run has ended and was judged. */
  private Burden awaitLook(Vrrp wanted) throws InterruptedException {
    Burden burden = look(wanted);
    long deadline = System.nanoTime() + 30 * SECOND;
    while (!burden.known() && System.nanoTime() < deadline) {
      Thread.sleep(10);
      burden = look(wanted);
    }
    assertTrue(burden.known(), "the script was not judged");
    return burden;
  }

  @Test
  void aScriptIsJudgedByItsExitCode() throws Exception {
    Path good = script("exit 0", "rwxr-xr-x");
    Vrrp wanted = wanted(track(new Subject.Script(List.of(good.toString())), 1, 1), 10);
    assertFalse(look(wanted).known(), "it runs still");
    assertEquals(0, awaitLook(wanted).lowers());
    tracks.ifPresent(Tracks::close);
    tracks = Optional.empty();
    Path bad = script("exit 3", "rwxr-xr-x");
    assertEquals("track it: " + bad + " ended with exit code 3", awaitLook(wanted).text());
  }

  @Test
  void aScriptThatOthersMayWriteIsNotRun() throws Exception {
    Path open = script("touch ran", "rwxrwxrwx");
    Vrrp wanted = wanted(track(new Subject.Script(List.of(open.toString())), 1, 1), 10);
    String text = awaitLook(wanted).text();
    assertTrue(text.contains("may be written by others than its owner"), text);
  }

  @Test
  void anInstanceThatGivesUpResignsAndComesBack() {
    SimulatedLink link = new SimulatedLink(new java.util.Random(1));
    VrrpInstance plain = new Station.Wish(3, false, 150, true, Duration.ofMillis(100)).at("eth1");
    Vrrp wanted = new Vrrp(Map.of(plain.name(), plain), Map.of());
    SimulatedNode node = new SimulatedNode(link, 0, wanted);
    link.add(node);
    node.start();
    link.at(SECOND);
    node.turn();
    Instance gate = node.engine().instances().get(plain.name());
    assertTrue(gate.active());
    InetAddress address = plain.addresses().getFirst();
    assertTrue(node.has(address));
    Burden gives =
        new Burden(
            0,
            Optional.of(new Burden.Hindrance(SwitchReason.TRACK, "track it: gone")),
            true,
            List.of("it"),
            "track it: gone",
            Optional.empty());
    node.engine().burdens(Map.of(plain.name(), gives), link.now());
    assertFalse(gate.active());
    assertFalse(node.has(address));
    assertEquals(SwitchReason.TRACK, gate.standing.reason());
    assertEquals(150, gate.priority());
    node.engine()
        .burdens(
            Map.of(
                plain.name(),
                new Burden(40, Optional.empty(), true, List.of("it"), "x", Optional.empty())),
            link.now());
    link.at(2 * SECOND);
    node.turn();
    assertTrue(gate.active());
    assertEquals(110, gate.priority());
  }
}
