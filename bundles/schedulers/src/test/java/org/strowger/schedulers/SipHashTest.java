package org.strowger.schedulers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** The published test vectors (OpenSSL gives the same): key 00..0f, message 00 01 02 ... */
final class SipHashTest {
  private final SipHash sip = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

  @Test
  void hashesOneWordAsPublished() {
    assertEquals(0x93f5f5799a932462L, sip.of(0x0706050403020100L));
  }

  @Test
  void hashesThreeWordsAsPublished() {
    assertEquals(
        0xb8ad50c6f649af94L, sip.of(0x0706050403020100L, 0x0f0e0d0c0b0a0908L, 0x1716151413121110L));
  }

  @Test
  void oneSeedIsOneKeyAndAnotherSeedAnother() {
    assertEquals(SipHash.keyedBy("cluster-7"), SipHash.keyedBy("cluster-7"));
    assertNotEquals(SipHash.keyedBy("cluster-7"), SipHash.keyedBy("cluster-8"));
  }
}
