package org.strowger.schedulers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) of messages of one or three 64-bit words: a keyed
 * hash, so that clients who do not know the key cannot aim at one real server, and directors that
 * share it agree.
 */
record SipHash(long k0, long k1) {

  /** The key that belongs to a text, equal wherever the text is equal. */
  static SipHash keyedBy(String seed) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(seed.getBytes(StandardCharsets.UTF_8));
      ByteBuffer words = ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN);
      return new SipHash(words.getLong(), words.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Hash of a message of one word. */
  long of(long word) {
    State state = new State(this);
    state.absorb(word);
    return state.finish(Long.BYTES);
  }

  /** Hash of a message of three words. */
  long of(long first, long second, long third) {
    State state = new State(this);
    state.absorb(first);
    state.absorb(second);
    state.absorb(third);
    return state.finish(3L * Long.BYTES);
  }

  /** Lives for one call only, so that the compiler keeps it in registers. */
  private static final class State {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    State(SipHash key) {
      v0 = key.k0 ^ 0x736f6d6570736575L;
      v1 = key.k1 ^ 0x646f72616e646f6dL;
      v2 = key.k0 ^ 0x6c7967656e657261L;
      v3 = key.k1 ^ 0x7465646279746573L;
    }

    void absorb(long word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }

    long finish(long messageBytes) {
      absorb(messageBytes << 56);
      v2 ^= 0xff;
      round();
      round();
      round();
      round();
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}
