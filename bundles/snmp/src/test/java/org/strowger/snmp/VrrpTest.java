package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverState;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.NotificationKind;
import org.strowger.api.SwitchReason;
import org.strowger.api.VrrpCounters;
import org.strowger.api.VrrpInstanceState;
import org.strowger.testkit.FailoverSample;
import org.strowger.testkit.PlatformSample;

/** What VRRPV3-MIB (RFC 6527) notifies. */
class VrrpTest {
  private static final String MODULE = ".1.3.6.1.2.1.207";
  private static final String NEW_MASTER = MODULE + ".0.1";
  private static final String PROTOCOL_ERROR = MODULE + ".0.2";
  private static final String STATISTICS = MODULE + ".1.2.5.1";
  private static final String ROUTER = ".2.51.1";
  private static final FailoverState BEFORE = FailoverSample.state(FakeDirector.CHANGED);

  @TempDir Path folder;
  private final FakeDirector director = new FakeDirector();
  private final List<NetworkDeviceState> devices = new PlatformSample().state().devices();
  private final VrrpErrors errors = new VrrpErrors();
  private long now;
  private final VrrpWatch watch = new VrrpWatch(errors, () -> now);

  /** As before, and so many adverts were refused for each of the three reasons. */
  private static FailoverState counted(long hops, long versions, long sums) {
    VrrpInstanceState was = BEFORE.instances().get("gate");
    VrrpCounters counters =
        new VrrpCounters(1, 2, 3, 4, 5, sums, versions, hops, 9, 10, 11, 12, 13, 14, 15, 16);
    VrrpInstanceState is =
        new VrrpInstanceState(
            was.name(),
            was.role(),
            was.since(),
            was.reason(),
            was.reasonText(),
            was.priority(),
            was.active(),
            was.activePriority(),
            was.held(),
            was.masterDownMillis(),
            was.forcedStandby(),
            was.failedTracks(),
            was.transitions(),
            was.splits(),
            counters);
    return new FailoverState(
        new TreeMap<>(Map.of("gate", is)), BEFORE.switches(), Optional.empty());
  }

  private static FailoverState moved(FailoverState state, DirectorRole to, SwitchReason why) {
    List<FailoverState.Switch> switches = new ArrayList<>(state.switches());
    FailoverState.Switch last = switches.getFirst();
    switches.addFirst(
        new FailoverState.Switch(
            last.number() + 1,
            FakeDirector.CHANGED,
            "gate",
            last.to(),
            to,
            why,
            Optional.empty(),
            0));
    return new FailoverState(state.instances(), switches, Optional.empty());
  }

  private List<String> told(FailoverState state) {
    director.failover(state);
    return watch.look(director.snapshot(), devices, 1).stream()
        .map(each -> each.name() + " " + each.variables())
        .toList();
  }

  private static String error(int reason) {
    String cell = STATISTICS + ".6" + ROUTER;
    return (PROTOCOL_ERROR + " [" + cell + " = " + reason + "]").substring(1).replace("[.", "[");
  }

  @Test
  void onlyWhoBecomesActiveIsANewMaster() {
    assertEquals(List.of(), told(BEFORE), "what was there is not told");
    FailoverState away = moved(BEFORE, DirectorRole.BACKUP, SwitchReason.USER);
    assertEquals(List.of(), told(away));
    FailoverState back = moved(away, DirectorRole.ACTIVE, SwitchReason.PRIORITY);
    List<String> told = told(back);
    assertEquals(1, told.size(), told.toString());
    assertTrue(told.getFirst().startsWith(NEW_MASTER.substring(1) + " "), told.toString());
    assertTrue(told.getFirst().contains("207.1.2.5.1.2.2.51.1 = 2"), told + ": preempted");
    assertEquals(List.of(), told(back));
  }

  @Test
  void anErrorIsToldOnceWhileItGoesOnAndAgainAfterAPause() {
    assertEquals(List.of(), told(counted(8, 7, 6)), "what was there is not told");
    assertEquals(List.of(error(1)), told(counted(9, 7, 6)));
    now += Duration.ofSeconds(59).toNanos();
    assertEquals(List.of(error(3)), told(counted(10, 7, 7)), "the other kind is news");
    now += Duration.ofSeconds(59).toNanos();
    assertEquals(List.of(), told(counted(11, 7, 7)), "it goes on");
    assertEquals(List.of(), told(counted(11, 7, 7)));
    now += VrrpWatch.QUIET.toNanos();
    assertEquals(List.of(error(1)), told(counted(12, 7, 7)));
    assertEquals(List.of(error(2)), told(counted(0, 1, 0)), "the instance is another one");
  }

  @Test
  void theLastErrorIsSeenOnceItIsKnown() {
    VrrpCounters none = counted(0, 0, 0).instances().get("gate").counters();
    VrrpCounters some = counted(1, 0, 0).instances().get("gate").counters();
    assertEquals(0, errors.last("gate", none).getAsInt());
    assertTrue(errors.last("gate", some).isEmpty(), "of before the agent");
    told(counted(0, 0, 0));
    told(counted(0, 0, 1));
    assertEquals(3, errors.last("gate", some).getAsInt());
  }

  @Test
  void aManagerReceivesThem() {
    Tools.require("snmptrapd", "snmptrapd");
    int port = Rig.freePort();
    SnmpTarget noc =
        new SnmpTarget(
            "noc", Rig.LOOPBACK, port, NotificationKind.TRAP, "viewer", Duration.ofSeconds(1), 1);
    Rig rig = Rig.start(folder, Map.of("noc", noc));
    String id = rig.get(".1.3.6.1.6.3.10.2.1.1.0");
    String engine = id.substring(id.indexOf("Hex-STRING:")).replaceAll("Hex-STRING:|\\s", "");
    try (rig;
        TrapReceiver receiver = TrapReceiver.start(folder.resolve("t"), port, engine)) {
      AtomicInteger count = new AtomicInteger(8);
      // More and more come until the agent, which tells no first look, has seen it.
      Rig.until(
          () -> {
            FailoverState state = counted(count.incrementAndGet(), 7, 6);
            FailoverState next = state;
            for (int i = 8; i < count.get(); i++) {
              next = moved(next, DirectorRole.ACTIVE, SwitchReason.PEER_LOST);
            }
            rig.director.failover(next);
            return !receiver.received(PROTOCOL_ERROR).isEmpty()
                && !receiver.received(NEW_MASTER).isEmpty();
          },
          receiver::text);
      String master = receiver.received(NEW_MASTER).getFirst();
      assertTrue(master.contains(STATISTICS + ".2" + ROUTER + " = INTEGER: 3\t"), master);
      String address = MODULE + ".1.1.1.1.3" + ROUTER + " = Hex-STRING: C0 00 02 01";
      assertTrue(master.contains(address), master);
      String error = receiver.received(PROTOCOL_ERROR).getFirst();
      assertTrue(error.contains(STATISTICS + ".6" + ROUTER + " = INTEGER: 1\t"), error);
      String seen = rig.get(STATISTICS + ".6" + ROUTER);
      assertTrue(seen.endsWith("INTEGER: 1"), seen);
    }
  }
}
