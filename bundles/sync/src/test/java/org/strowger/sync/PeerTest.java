package org.strowger.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.strowger.api.ConnectionExchange.Held;
import org.strowger.api.ConnectionExchange.Taken;
import org.strowger.api.Sync;
import org.strowger.sync.Peer.Greeting;

/** What is known of another director. */
class PeerTest {
  private static final long ITS = 7;
  private static final int HALF_OF_IT = 5_000;

  private final AtomicLong clock = new AtomicLong();
  private final Peer peer =
      new Peer(new Sync.Peer("d2", InetAddress.ofLiteral("192.0.2.7"), Sync.PORT), clock::get);

  private void meet(String member) {
    assertEquals(Greeting.NEW, peer.greeted(member, ITS, true, "1.0"));
    peer.begin(member, ITS);
    assertTrue(peer.is(member));
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  @Test
  void nobodyIsToldBeforeItKnowsWhoTells() {
    assertEquals(Greeting.HALF, peer.greeted("m", ITS, false, "1.0"));
    assertFalse(peer.is("m"));
    assertTrue(peer.session().isEmpty());
    assertEquals(ITS, peer.given("m"), "what it gave is sent back to it");
    meet("m");
    assertEquals(Greeting.KNOWN, peer.greeted("m", ITS, true, "1.0"));
    assertEquals(Greeting.LOST, peer.greeted("m", ITS + 2, false, "1.0"));
    assertFalse(peer.is("m"), "what it was told is lost");
  }

  @Test
  void anotherOfItsNameTakesItsPlaceWhenItIsSilent() {
    meet("m");
    assertEquals(Greeting.TAKEN, peer.greeted("n", ITS, false, "1.0"));
    assertTrue(peer.is("m"));
    pass(Duration.ofSeconds(11));
    assertEquals(Greeting.LOST, peer.greeted("n", ITS, false, "1.0"));
    meet("n");
  }

  @Test
  void forWhatIsNotConfiguredItIsAskedOnceAfterEachChange() {
    meet("m");
    assertFalse(peer.asks(true), "nothing was refused");
    peer.told(Taken.UNKNOWN);
    assertFalse(peer.asks(false), "nothing changed");
    assertTrue(peer.asks(true));
    peer.told(Taken.TAKEN);
    assertFalse(peer.asks(true), "all of it was taken since");
  }

  @Test
  void whileATableIsFullItIsAskedLessAndLess() {
    meet("m");
    peer.told(Taken.FULL);
    assertFalse(peer.asks(true), "a change of the configuration makes no room");
    pass(Duration.ofSeconds(30));
    assertTrue(peer.asks(false));
    assertFalse(peer.asks(false));
    peer.bulkBegins();
    peer.told(Taken.FULL);
    peer.bulkEnds();
    pass(Duration.ofSeconds(30));
    assertFalse(peer.asks(false));
    pass(Duration.ofSeconds(30));
    assertTrue(peer.asks(false));
    peer.bulkBegins();
    peer.bulkEnds();
    peer.told(Taken.FULL);
    pass(Duration.ofSeconds(30));
    assertTrue(peer.asks(false), "there was room in between");
  }

  @Test
  void whatIsTakenOfAThirdDirectorIsNoCoverageOfThisOne() {
    meet("m");
    peer.status(0, 0, 10);
    assertEquals(2 * HALF_OF_IT, peer.state(new Held(10, 0), 0).coverage());
    assertEquals(HALF_OF_IT, peer.state(new Held(10, 0), 10).coverage());
  }
}
