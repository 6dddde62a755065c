package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.strowger.api.VrrpInstance.Signing;

/** Signed adverts, and those who would like theirs to be taken for signed. */
class GuardTest {
  private static final InetAddress A = InetAddress.ofLiteral("10.77.0.1");
  private static final InetAddress B = InetAddress.ofLiteral("10.77.0.2");
  private static final InetAddress GROUP = InetAddress.ofLiteral("224.0.0.18");
  private static final Advert ADVERT =
      new Advert(3, 77, 150, 10 * Advert.CENTISECOND, List.of(InetAddress.ofLiteral("10.77.0.9")));
  private static final Keyring RING =
      new Keyring(
          Map.of(
              "old", new Keyring.Key(1, "the old secret of both"),
              "new", new Keyring.Key(2, "the new secret of both")),
          Map.of("lost", "there is no file lost"));

  private final Guard receiver = guard(RING, "old");

  private static Guard guard(Keyring ring, String... keys) {
    Guard guard = new Guard();
    guard.use(new Signing(List.of(keys), false), ring);
    return guard;
  }

  private static byte[] sent(Guard by, long session, long number) {
    return AdvertCodec.write(ADVERT, A, GROUP, true, by.sealer(new Guard.Mark(session, number)));
  }

  private static Optional<Refusal> judged(Guard by, byte[] bytes, InetAddress source) {
    AdvertCodec.Read.Taken taken =
        assertInstanceOf(
            AdvertCodec.Read.Taken.class, AdvertCodec.read(bytes, source, GROUP, AdvertCodec.HOPS));
    return by.judge(taken.sealed(), source, GROUP);
  }

  private static final Optional<Refusal> TAKEN = Optional.empty();
  private static final Optional<Refusal> FORGED = Optional.of(Refusal.SIGNATURE);
  private static final Optional<Refusal> REPLAYED = Optional.of(Refusal.REPLAY);

  @Test
  void aSignedAdvertIsTakenOnceAndAnOlderOneNever() {
    byte[] first = sent(guard(RING, "old"), 1, 1);
    byte[] second = sent(guard(RING, "old"), 1, 2);
    assertEquals(TAKEN, judged(receiver, second, A));
    assertEquals(REPLAYED, judged(receiver, second, A));
    assertEquals(REPLAYED, judged(receiver, first, A));
    assertEquals(TAKEN, judged(receiver, sent(guard(RING, "old"), 2, 1), A), "it restarted");
    assertEquals(REPLAYED, judged(receiver, sent(guard(RING, "old"), 1, 9), A));
  }

  @Test
  void whatWasHeardBeforeARestartIsNotTakenAfterIt() {
    byte[] recorded = sent(guard(RING, "old"), 1, 2);
    assertEquals(TAKEN, judged(receiver, recorded, A));
    Guard restarted = guard(RING, "old");
    restarted.remember(receiver.heard());
    assertEquals(REPLAYED, judged(restarted, recorded, A));
  }

  @Test
  void anUnsignedOneAndOneOfAnUnknownKeyAreNotTaken() {
    assertEquals(FORGED, judged(receiver, AdvertCodec.write(ADVERT, A, GROUP, true), A));
    assertEquals(FORGED, judged(receiver, sent(guard(RING, "new"), 1, 1), A));
    Keyring guessed =
        new Keyring(Map.of("old", new Keyring.Key(1, "a guess of a forger")), Map.of());
    assertEquals(FORGED, judged(receiver, sent(guard(guessed, "old"), 1, 1), A));
    assertEquals(Map.of(), receiver.heard(), "a forger leaves no mark");
  }

  @Test
  void noBitOfASignedAdvertCanBeChanged() {
    byte[] good = sent(guard(RING, "old"), 1, 1);
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      byte[] summed = bit / 16 == 3 ? bad : withChecksum(bad);
      if (AdvertCodec.read(summed, A, GROUP, AdvertCodec.HOPS)
          instanceof AdvertCodec.Read.Taken(var _, Optional<ByteBuffer> sealed)) {
        assertEquals(FORGED, receiver.judge(sealed, A, GROUP), "bit " + bit);
      }
    }
    assertEquals(TAKEN, judged(receiver, good, A));
  }

  /** As a forger would mend it. */
  private static byte[] withChecksum(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).putShort(6, (short) 0);
    int sum = 0;
    for (int i = 0; i < bytes.length; i += 2) {
      sum += Short.toUnsignedInt(buffer.getShort(i));
    }
    buffer.putShort(6, (short) ~((sum & 0xffff) + (sum >>> 16)));
    return bytes;
  }

  @Test
  void anotherSenderCannotSendItAsItsOwn() {
    UnaryOperator<byte[]> again = bytes -> withChecksum(bytes.clone());
    assertEquals(FORGED, judged(receiver, again.apply(sent(guard(RING, "old"), 1, 1)), B));
  }

  @Test
  void keysAreExchangedWithoutAGap() {
    Guard sender = guard(RING, "old");
    receiver.use(new Signing(List.of("old", "new"), false), RING); // first it learns the new one
    assertEquals(TAKEN, judged(receiver, sent(sender, 1, 1), A));
    sender.use(new Signing(List.of("new", "old"), false), RING); // then the others sign with it
    assertEquals(TAKEN, judged(receiver, sent(sender, 1, 2), A));
    receiver.use(new Signing(List.of("new"), false), RING); // then the old one goes
    assertEquals(TAKEN, judged(receiver, sent(sender, 1, 3), A));
    assertEquals(FORGED, judged(receiver, sent(guard(RING, "old"), 1, 4), A));
  }

  @Test
  void whileKeysAreIntroducedUnsignedOnesAreTakenAndWrongOnesAreNot() {
    receiver.use(new Signing(List.of("old"), true), RING);
    assertEquals(TAKEN, judged(receiver, AdvertCodec.write(ADVERT, A, GROUP, true), A));
    assertEquals(FORGED, judged(receiver, sent(guard(RING, "new"), 1, 1), A));
    Guard off = new Guard();
    assertEquals(TAKEN, judged(off, sent(guard(RING, "new"), 1, 1), A), "it does not look");
  }

  @Test
  void withoutItsFirstKeyADirectorTakesNoPart() {
    assertEquals(Optional.empty(), receiver.hindrance());
    Guard without = guard(RING, "lost", "old");
    assertEquals("key lost: there is no file lost", without.hindrance().orElseThrow());
    Guard second = guard(RING, "old", "lost");
    assertEquals(Optional.empty(), second.hindrance());
    assertTrue(second.problem().isPresent(), "it does not understand those who sign with it");
    assertFalse(RING.toString().contains("secret"), RING.toString());
  }

  @Test
  void sendersAreBounded() {
    for (int i = 0; i < Guard.MAX_SENDERS; i++) {
      receiver.remember(Map.of(InetAddress.ofLiteral("10.77.1." + i), new Guard.Mark(1, 1)));
    }
    assertEquals(REPLAYED, judged(receiver, sent(guard(RING, "old"), 1, 1), A));
  }
}
