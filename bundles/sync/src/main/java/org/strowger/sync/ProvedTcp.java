package org.strowger.sync;

import java.io.DataInput;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jgroups.Address;
import org.jgroups.protocols.TCP;
import org.jgroups.util.ByteArrayDataInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TCP of JGroups whose every frame ends with a proof that its sender has the secret (HMAC-SHA-256,
 * RFC 2104, cut to 16 octets). JGroups reads lengths, headers and classes of a frame before it
 * decrypts it, and allocates what the frame asks for: so nothing of a frame is read here before it
 * is proved. Any thread.
 */
final class ProvedTcp extends TCP {
  /** JGroups writes under the name of this class, each connection that breaks as an error. */
  private static final Logger LOG = LoggerFactory.getLogger(GroupChannel.class);

  /** The longest frame that is read, in bytes: twice what JGroups puts together. */
  static final int MOST = 128 * 1024;

  static final int PROOF = 16;

  private static final String ALGORITHM = "HmacSHA256";
  private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final SecretKey key;
  private final LongAdder refused = new LongAdder();
  private long toldAt = System.nanoTime() - TELL_NANOS;

  /**
   * @param key for HMAC-SHA-256, and nothing else
   */
  ProvedTcp(SecretKey key) {
    this.key = key;
  }

  /** Frames that were too long, or not proved. */
  long refused() {
    return refused.sum();
  }

  private byte[] proof(byte[] octets, int offset, int length) throws IOException {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(octets, offset, length);
      return Arrays.copyOf(mac.doFinal(), PROOF);
    } catch (GeneralSecurityException e) {
      throw new IOException("a frame cannot be proved", e);
    }
  }

  @Override
  public void send(Address to, byte[] octets, int offset, int length) throws Exception {
    byte[] proved = new byte[length + PROOF];
    System.arraycopy(octets, offset, proved, 0, length);
    System.arraycopy(proof(octets, offset, length), 0, proved, length, PROOF);
    super.send(to, proved, 0, proved.length);
  }

  /**
   * A frame begins; of the connection's own thread.
   *
   * @throws IOException the connection is of no use any more, and closed
   */
  @Override
  public void receive(Address from, DataInput in, int length) throws Exception {
    if (length < PROOF || length > MOST) {
      refuse(from, "of " + length + " bytes");
      throw new IOException(
          "a frame of %d bytes, where %d to %d are possible".formatted(length, PROOF, MOST));
    }
    byte[] frame = new byte[length];
    in.readFully(frame);
    if (proved(from, frame, 0, length)) {
      int content = length - PROOF;
      super.receive(from, new ByteArrayDataInputStream(frame, 0, content), content);
    }
  }

  @Override
  public void receive(Address from, byte[] frame, int offset, int length) {
    try {
      if (length < PROOF) {
        refuse(from, "of " + length + " bytes");
      } else if (proved(from, frame, offset, length)) {
        super.receive(from, frame, offset, length - PROOF);
      }
    } catch (IOException e) {
      LOG.atError().setCause(e).log("a frame of another director is lost");
    }
  }

  private boolean proved(Address from, byte[] frame, int offset, int length) throws IOException {
    int content = length - PROOF;
    byte[] said = Arrays.copyOfRange(frame, offset + content, offset + length);
    boolean proved = MessageDigest.isEqual(said, proof(frame, offset, content));
    if (!proved) {
      refuse(from, "that is not proved by the secret");
    }
    return proved;
  }

  private void refuse(Address from, String what) {
    refused.increment();
    synchronized (refused) {
      long now = System.nanoTime();
      if (now - toldAt < TELL_NANOS) {
        return;
      }
      toldAt = now;
    }
    LOG.atWarn()
        .addKeyValue("from", from)
        .addKeyValue("refused", refused.sum())
        .log("a frame {} is refused: compare the secrets of both directors", what);
  }
}
