package org.strowger.failover;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import org.strowger.api.VrrpInstance.Signing;

/**
 * Signs the adverts of an instance, and judges those of others: behind the advert stand which key,
 * when it was signed and the proof, {@value #BYTES} bytes in all. The proof covers sender, receiver
 * and the whole advert. When it was signed is the number of the sender's session, which grows with
 * each start, and of the advert in it: what was heard already is not taken twice. Of the engine's
 * thread.
 */
final class Guard {
  /** What a signature adds to an advert. */
  static final int BYTES = 20 + Keyring.PROOF;

  /** Directors that are remembered, for each instance. */
  static final int MAX_SENDERS = 64;

  private static final short MAGIC = 0x5347;
  private static final byte FORMAT = 1;
  private static final int HEADER = BYTES - Keyring.PROOF;

  /** The last that was heard of a sender. */
  record Mark(long session, long number) {
    boolean before(Mark other) {
      return session < other.session || (session == other.session && number < other.number);
    }

    Mark later(Mark other) {
      return before(other) ? other : this;
    }
  }

  private final Map<InetAddress, Mark> heard = new HashMap<>();
  private Signing signing = Signing.NONE;
  private Keyring ring = Keyring.EMPTY;
  private List<Keyring.Key> keys = List.of();
  private final Map<Keyring.Key, Mac> macs = new HashMap<>();

  void use(Signing wanted, Keyring present) {
    signing = wanted;
    ring = present;
    keys = present.of(wanted.keys());
    macs.keySet().retainAll(keys);
  }

  /** Those that were heard before this bundle was exchanged or this director restarted. */
  void remember(Map<InetAddress, Mark> before) {
    before.forEach((source, mark) -> heard.merge(source, mark, Mark::later));
  }

  Map<InetAddress, Mark> heard() {
    return Map.copyOf(heard);
  }

  private boolean signs() {
    return !signing.keys().isEmpty();
  }

  /** Why it cannot sign; empty if it can or need not. */
  Optional<String> hindrance() {
    if (!signs()) {
      return Optional.empty();
    }
    String first = signing.keys().getFirst();
    return ring.keys().containsKey(first)
        ? Optional.empty()
        : Optional.of(problem(first).orElse("key " + first + " is not read yet"));
  }

  /** What is wrong with its keys, if something is. */
  Optional<String> problem() {
    return signing.keys().stream().flatMap(name -> problem(name).stream()).findFirst();
  }

  private Optional<String> problem(String name) {
    return Optional.ofNullable(ring.problems().get(name)).map(why -> "key " + name + ": " + why);
  }

  /** Where an advert's proof comes from; empty: adverts are not signed. */
  Optional<AdvertCodec.Sealer> sealer(Mark next) {
    return signs() && !keys.isEmpty()
        ? Optional.of((advert, source, to) -> seal(advert, source, to, keys.getFirst(), next))
        : Optional.empty();
  }

  private byte[] seal(
      ByteBuffer advert, InetAddress source, InetAddress to, Keyring.Key key, Mark next) {
    ByteBuffer seal =
        ByteBuffer.allocate(BYTES)
            .putShort(MAGIC)
            .put(FORMAT)
            .put((byte) key.id())
            .putLong(next.session())
            .putLong(next.number());
    return seal.put(proof(key, advert, seal.slice(0, HEADER), source, to)).array();
  }

  private byte[] proof(
      Keyring.Key key, ByteBuffer advert, ByteBuffer header, InetAddress source, InetAddress to) {
    Mac mac = macs.computeIfAbsent(key, Keyring.Key::mac);
    mac.update(source.getAddress());
    mac.update(to.getAddress());
    mac.update(advert.duplicate());
    mac.update(header.duplicate());
    return mac.doFinal();
  }

  /** Whether there may be a signature at the end of these bytes. */
  static boolean sealed(ByteBuffer message, int advert) {
    return message.limit() == advert + BYTES
        && message.getShort(advert) == MAGIC
        && message.get(advert + 2) == FORMAT;
  }

  /**
   * Judges an advert, and remembers it if it is good.
   *
   * @param sealed advert, its checksum taken out, and signature; empty if it has none
   * @return why it is not taken
   */
  Optional<Refusal> judge(Optional<ByteBuffer> sealed, InetAddress source, InetAddress to) {
    if (!signs()) {
      return Optional.empty();
    }
    if (sealed.isEmpty()) {
      return signing.acceptUnsigned() ? Optional.empty() : Optional.of(Refusal.SIGNATURE);
    }
    ByteBuffer message = sealed.get();
    int length = message.limit() - BYTES;
    int id = Byte.toUnsignedInt(message.get(length + 3));
    Optional<Keyring.Key> key = keys.stream().filter(each -> each.id() == id).findFirst();
    boolean right =
        key.isPresent()
            && MessageDigest.isEqual(
                bytes(message.slice(length + HEADER, Keyring.PROOF)),
                proof(
                    key.get(),
                    message.slice(0, length),
                    message.slice(length, HEADER),
                    source,
                    to));
    if (!right) {
      return Optional.of(Refusal.SIGNATURE);
    }
    Mark mark = new Mark(message.getLong(length + 4), message.getLong(length + 12));
    Mark last = heard.get(source);
    if (last == null ? heard.size() >= MAX_SENDERS : !last.before(mark)) {
      return Optional.of(Refusal.REPLAY);
    }
    heard.put(source, mark);
    return Optional.empty();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
