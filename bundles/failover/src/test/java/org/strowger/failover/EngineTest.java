package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpInstance;

/** What stays of an instance that is changed, or goes and comes again, while the engine runs. */
class EngineTest {
  private static final InetAddress A = InetAddress.ofLiteral("10.77.0.1");

  private final SimulatedLink link = new SimulatedLink(new Random(1));
  private final SimulatedNode node = new SimulatedNode(link, 0, wanted(77));

  @BeforeEach
  void start() {
    link.add(node);
    node.start();
  }

  /** One that does not begin before somebody said how its duty is. */
  private static Vrrp wanted(int routerId) {
    return wanted(Station.NAME, "eth1", routerId);
  }

  private static Vrrp wanted(String name, String device, int routerId) {
    VrrpInstance plain = Station.Wish.of(150).at(device);
    VrrpInstance gate =
        new VrrpInstance(
            name,
            plain.device(),
            plain.version(),
            routerId,
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
            Map.of(),
            true);
    return new Vrrp(Map.of(gate.name(), gate), Map.of());
  }

  private Instance gate() {
    return node.engine().instances().get(Station.NAME);
  }

  private void want(Vrrp wanted) {
    node.engine().want(wanted, Set.of(), Set.of(), link.now());
  }

  @Test
  void anInstanceWhoseRouterIsChangedTakesPartAgain() {
    link.at(Advert.SECOND);
    node.turn();
    assertFalse(gate().active(), "nobody said how its duty is");
    node.engine().burdens(Map.of(Station.NAME, Burden.NONE), link.now());
    link.at(2 * Advert.SECOND);
    node.turn();
    assertTrue(gate().active());
    want(wanted(78)); // what it tracks is as before, so it is not told again
    link.at(3 * Advert.SECOND);
    node.turn();
    assertEquals(78, gate().wanted.routerId());
    assertTrue(gate().active());
  }

  @Test
  void whatWasHeardIsNotForgottenWithTheInstance() {
    Map<InetAddress, Guard.Mark> heard = Map.of(A, new Guard.Mark(7, 9));
    gate().guard.remember(heard);
    want(Vrrp.NONE);
    VirtualRouter router = new VirtualRouter(Station.NAME, "eth1", 77, false);
    assertEquals(Map.of(router, heard), node.engine().heard(), "it goes to the disk");
    want(wanted(77));
    assertEquals(heard, gate().guard.heard());
    want(wanted(78));
    assertEquals(Map.of(), gate().guard.heard(), "no advert of 77 is for 78");
    want(wanted(77));
    assertEquals(heard, gate().guard.heard());
  }

  @Test
  void whatWasHeardIsOfTheRouterAndNotOfItsName() {
    Map<InetAddress, Guard.Mark> heard = Map.of(A, new Guard.Mark(7, 9));
    gate().guard.remember(heard);
    want(wanted("door", "eth1", 77)); // it is called otherwise
    assertEquals(heard, node.engine().instances().get("door").guard.heard());
    want(wanted("door", "eth2", 77)); // and goes to another device
    assertEquals(heard, node.engine().instances().get("door").guard.heard());
    want(
        wanted("other", "eth3", 77)); // this is another one, whose directors may have his addresses
    assertEquals(Map.of(), node.engine().instances().get("other").guard.heard());
  }

  @Test
  void thoseThatAreGoneAreBounded() {
    HeardBefore before = new HeardBefore();
    for (int i = 0; i <= HeardBefore.MAX_GONE; i++) {
      before.keep(router(i), Map.of(A, new Guard.Mark(1, i)));
    }
    assertEquals(HeardBefore.MAX_GONE, before.all().size());
    assertEquals(Map.of(), before.take(router(0)), "it went first");
    assertEquals(Map.of(A, new Guard.Mark(1, 1)), before.take(router(1)));
  }

  private static VirtualRouter router(int number) {
    return new VirtualRouter("i" + number, "eth1", 1 + number, false);
  }
}
