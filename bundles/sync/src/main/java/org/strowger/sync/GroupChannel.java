package org.strowger.sync;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.SERIALIZE;
import org.jgroups.protocols.SYM_ENCRYPT;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.Protocol;
import org.jgroups.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Sync;

/**
 * The way to other directors by JGroups: TCP between the configured addresses, nothing else and
 * never multicast. Everything that is sent, JGroups' own messages with it, is encrypted and proved
 * by ChaCha20-Poly1305 (RFC 8439) under a key made of the secret: who has not the secret is not
 * heard, and no member. What listens lets in the addresses of the others only ({@link Door}), and
 * reads nothing that is not proved ({@link ProvedTcp}).
 */
final class GroupChannel implements Channel, Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(GroupChannel.class);
  private static final String GROUP = "strowger";

  /** The one AEAD of the JDK whose parameter is a plain vector, which is what JGroups gives. */
  private static final String CIPHER = "ChaCha20-Poly1305";

  private static final int NONCE_BYTES = 12;

  private static final String MAC = "HmacSHA256";

  /** They part what keys of one secret are for. */
  private static final String TO_ENCRYPT = "strowger sync 1";

  private static final String TO_PROVE = "strowger sync 1, frames";

  /**
   * How patient a channel is, in milliseconds.
   *
   * @param heartbeat between two signs of life
   * @param silence after which a member is suspected
   * @param join an answer is awaited before this one begins a group of its own
   * @param mergeMin between two looks for other groups, at least
   * @param mergeMax and at most
   */
  record Patience(long heartbeat, long silence, long join, long mergeMin, long mergeMax) {
    static final Patience USUAL = new Patience(500, 3_000, 1_000, 1_000, 3_000);
  }

  private final JChannel channel;
  private final Channel.Ear ear;
  private final Door door;
  private final ProvedTcp tcp;
  private volatile Map<String, Address> members = Map.of();

  private GroupChannel(JChannel channel, Channel.Ear ear, Door door, ProvedTcp tcp) {
    this.channel = channel;
    this.ear = ear;
    this.door = door;
    this.tcp = tcp;
  }

  /**
   * Opens it, and joins who is there.
   *
   * @throws IOException one sentence that says what to do
   */
  static GroupChannel open(
      Sync wanted, String name, byte[] secret, Patience patience, Channel.Ear ear)
      throws IOException {
    Thread current = Thread.currentThread();
    ClassLoader before = current.getContextClassLoader();
    current.setContextClassLoader(JChannel.class.getClassLoader()); // it looks for its files there
    try {
      Door door = door(wanted);
      ProvedTcp tcp = tcp(wanted, secret, door);
      JChannel channel = new JChannel(stack(wanted, secret, patience, tcp));
      GroupChannel opened = new GroupChannel(channel, ear, door, tcp);
      try {
        channel.setName(name);
        channel.setReceiver(opened);
        channel.connect(GROUP);
        return opened;
      } catch (Exception e) { // what JGroups declares
        channel.close();
        throw e;
      }
    } catch (Exception e) {
      throw new IOException(
          "no other director is told: %s port %d cannot be listened at: %s"
              .formatted(
                  wanted.address().map(a -> a.getHostAddress()).orElse(""),
                  wanted.port(),
                  rootOf(e)),
          e);
    } finally {
      current.setContextClassLoader(before);
    }
  }

  private static String rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private static Door door(Sync wanted) {
    Set<InetAddress> allowed = new HashSet<>();
    allowed.add(wanted.address().orElseThrow()); // JGroups may greet itself
    wanted.peers().values().forEach(peer -> allowed.add(peer.address()));
    return new Door(allowed);
  }

  private static ProvedTcp tcp(Sync wanted, byte[] secret, Door door)
      throws GeneralSecurityException {
    ProvedTcp tcp = new ProvedTcp(key(secret, TO_PROVE, MAC));
    tcp.setBindAddress(wanted.address().orElseThrow());
    tcp.setClientBindAddr(wanted.address().orElseThrow()); // the door of the other asks for it
    tcp.setBindPort(wanted.port());
    tcp.setPortRange(0);
    tcp.setSocketFactory(door);
    tcp.disableDiagnostics();
    return tcp;
  }

  private static List<Protocol> stack(Sync wanted, byte[] secret, Patience patience, ProvedTcp tcp)
      throws GeneralSecurityException {
    SYM_ENCRYPT encryption = new SYM_ENCRYPT();
    encryption.symAlgorithm(CIPHER);
    encryption.symIvLength(NONCE_BYTES);
    encryption.setSecretKey(key(secret, TO_ENCRYPT, CIPHER));
    TCPPING discovery = new TCPPING();
    discovery.setInitialHosts(
        Stream.concat(
                Stream.of(new InetSocketAddress(wanted.address().orElseThrow(), wanted.port())),
                wanted.peers().values().stream()
                    .map(peer -> new InetSocketAddress(peer.address(), peer.port())))
            .toList());
    discovery.setPortRange(0);
    MERGE3 merge = new MERGE3();
    merge.setMinInterval(patience.mergeMin);
    merge.setMaxInterval(patience.mergeMax);
    FD_ALL3 heartbeat = new FD_ALL3();
    heartbeat.setInterval(patience.heartbeat);
    heartbeat.setTimeout(patience.silence);
    NAKACK2 order = new NAKACK2();
    order.useMcastXmit(false);
    GMS membership = new GMS();
    membership.setJoinTimeout(patience.join);
    membership.printLocalAddress(false); // to standard output
    return List.of(
        tcp,
        encryption,
        new SERIALIZE(),
        discovery,
        merge,
        heartbeat,
        new VERIFY_SUSPECT2(),
        order,
        new UNICAST3(),
        new STABLE(),
        membership,
        new UFC(),
        new MFC(),
        new FRAG4());
  }

  private static SecretKey key(byte[] secret, String purpose, String algorithm)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance(MAC);
    mac.init(new SecretKeySpec(secret, MAC));
    byte[] key = mac.doFinal(purpose.getBytes(StandardCharsets.US_ASCII));
    return new SecretKeySpec(key, algorithm);
  }

  // --- what JGroups tells

  @Override
  public void viewAccepted(View view) {
    Map<String, Address> present = new HashMap<>();
    for (Address each : view.getMembers()) {
      if (!each.equals(channel.getAddress())) {
        present.put(id(each), each);
      }
    }
    members = Map.copyOf(present);
    ear.members(members.keySet());
  }

  @Override
  public void receive(Message message) {
    byte[] octets = new byte[message.getLength()];
    System.arraycopy(message.getArray(), message.getOffset(), octets, 0, octets.length);
    ear.heard(id(message.getSrc()), octets);
  }

  private static String id(Address member) {
    return member instanceof UUID uuid ? uuid.toStringLong() : member.toString();
  }

  // --- what is asked of it

  /** Connections that were closed because of the address that they came from. */
  long strangers() {
    return door.refused();
  }

  /** Frames that were not read because nothing proves that their sender has the secret. */
  long unproved() {
    return tcp.refused();
  }

  @Override
  public Set<String> members() {
    return members.keySet();
  }

  @Override
  public void send(String member, byte[] message) throws IOException {
    Address to = members.get(member);
    if (to == null) {
      throw new IOException("member " + member + " is gone");
    }
    try {
      channel.send(to, message);
    } catch (Exception e) { // what JGroups declares
      throw new IOException("not sent to member " + member, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log("the channel to other directors did not close well");
    }
  }
}
