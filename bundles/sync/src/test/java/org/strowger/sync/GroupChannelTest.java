package org.strowger.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jgroups.Version;
import org.jgroups.stack.IpAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.Sync;
import org.strowger.api.SyncState.Bulk;

/** Directors over JGroups and real sockets on this machine. */
class GroupChannelTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final byte[] SECRET =
      "one of the secrets of carriers".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER =
      "another one that nobody knows".getBytes(StandardCharsets.UTF_8);

  /** Nobody is missing here for long; but a starved machine must not make a member suspect. */
  private static final GroupChannel.Patience QUICK =
      new GroupChannel.Patience(500, 3_000, 200, 100, 300);

  private static final int DEADLINE_MILLIS = 60_000;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, HERE)) {
      return socket.getLocalPort();
    }
  }

  private static Sync wanted(int own, String peer, int port) {
    return new Sync(
        Optional.of(HERE),
        own,
        Optional.empty(),
        Map.of(peer, new Sync.Peer(peer, HERE, port)),
        Duration.ZERO,
        100);
  }

  private Link link(Sync wanted, String name, Table table, byte[] secret) throws IOException {
    Planes planes = new Planes();
    planes.came(table);
    Link link = new Link(wanted, name, "1.0", planes, System::nanoTime);
    open.add(link);
    link.open(ear -> GroupChannel.open(wanted, name, secret, QUICK, ear));
    return link;
  }

  /** Two ports that were free just now; if somebody took one meanwhile, others. */
  private interface Attempt {
    void with(int one, int two) throws Exception;
  }

  private void attempt(Attempt attempt) throws Exception {
    for (int i = 0; ; i++) {
      try {
        attempt.with(freePort(), freePort());
        return;
      } catch (IOException taken) {
        if (i == 4) {
          throw taken;
        }
        close();
        open.clear();
      }
    }
  }

  @Test
  void twoDirectorsFindEachOtherAndOneThatComesBackIsToldAnew() throws Exception {
    attempt(
        (one, two) -> {
          Table here = new Table();
          Table there = new Table();
          for (int i = 0; i < 3_000; i++) {
            here.own.put("connection " + i, "x".repeat(60));
          }
          Link first = link(wanted(one, "d2", two), "d1", here, SECRET);
          Link second = link(wanted(two, "d1", one), "d2", there, SECRET);
          LinkTest.await("the copy", () -> peer(second).bulkIn() == Bulk.DONE);
          assertEquals(here.own, there.taken);
          here.begin("new", "1");
          LinkTest.await("what began", () -> there.taken.containsKey("new"));
          second.close();
          LinkTest.await("it is noticed", () -> !peer(first).connected());
          Table again = new Table();
          Link third = link(wanted(two, "d1", one), "d2", again, SECRET);
          LinkTest.await("the copy", () -> peer(third).bulkIn() == Bulk.DONE);
          assertEquals(here.own, again.taken);
        });
  }

  private static org.strowger.api.SyncState.Peer peer(Link link) {
    return link.state().peers().values().iterator().next();
  }

  @Test
  void whoHasAnotherSecretIsNobody() throws Exception {
    attempt(
        (one, two) -> {
          GroupChannel first = channel(wanted(one, "d2", two), "d1", SECRET);
          GroupChannel second = channel(wanted(two, "d1", one), "d2", OTHER);
          LinkTest.await(
              "each hears the other one, and does not believe it",
              () -> first.unproved() > 0 && second.unproved() > 0);
          assertEquals(Set.of(), first.members());
          assertEquals(Set.of(), second.members());
        });
  }

  private GroupChannel channel(Sync wanted, String name, byte[] secret) throws IOException {
    Channel.Ear deaf =
        new Channel.Ear() {
          @Override
          public void members(Set<String> present) {}

          @Override
          public void heard(String member, byte[] message) {}
        };
    GroupChannel channel = GroupChannel.open(wanted, name, secret, QUICK, deaf);
    open.add(channel);
    return channel;
  }

  /** As somebody who has no secret, but knows JGroups; from that address of this machine. */
  private Socket knock(String from, int port) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    socket.connect(new InetSocketAddress(HERE, port));
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    DataOutputStream words = new DataOutputStream(octets);
    IpAddress claims = new IpAddress(HERE, 9);
    words.write(new byte[] {'b', 'e', 'l', 'a'});
    words.writeShort(Version.version);
    words.writeShort(claims.serializedSize());
    claims.writeTo(words);
    socket.getOutputStream().write(octets.toByteArray());
    return socket;
  }

  /** A message whose payload is said to be of this length, and has none of it. */
  private static byte[] frame(int payload) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    DataOutputStream words = new DataOutputStream(octets);
    words.writeShort(Version.version);
    words.writeByte(0);
    words.writeShort(0); // the plain kind of message
    words.writeByte(0); // neither to nor from anybody
    words.writeShort(0); // no flags
    words.writeShort(0); // no headers
    words.writeInt(payload);
    words.write(new byte[64]);
    return octets.toByteArray();
  }

  /** Whether it is closed from over there; JGroups may have greeted before. */
  private static boolean closed(Socket socket) throws IOException {
    socket.setSoTimeout(DEADLINE_MILLIS);
    long deadline = System.nanoTime() + DEADLINE_MILLIS * 1_000_000L;
    byte[] room = new byte[4_096];
    try {
      while (System.nanoTime() < deadline) {
        if (socket.getInputStream().read(room) < 0) {
          return true;
        }
      }
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void whoComesFromElsewhereOrProvesNothingIsNotReadAndTheLinkLives() throws Exception {
    attempt(
        (port, other) -> {
          GroupChannel channel = channel(wanted(port, "d2", 9), "d1", SECRET);
          fromElsewhere(channel, port);
          withoutProof(channel, port);
          assertEquals(Set.of(), channel.members(), "it lives");
        });
  }

  private void fromElsewhere(GroupChannel channel, int port) throws Exception {
    try (Socket stranger = knock("127.0.0.2", port)) {
      assertTrue(closed(stranger), "the connection is closed");
    } catch (SocketException reset) {
      assertEquals(0, channel.unproved(), "it was closed before anything was said");
    }
    LinkTest.await("it is counted", () -> channel.strangers() == 1);
    assertEquals(0, channel.unproved());
  }

  private void withoutProof(GroupChannel channel, int port) throws Exception {
    Socket stranger = knock("127.0.0.1", port);
    DataOutputStream words = new DataOutputStream(stranger.getOutputStream());
    byte[] frame = frame(Integer.MAX_VALUE - 8);
    words.writeInt(frame.length);
    words.write(frame);
    LinkTest.await("it is counted", () -> channel.unproved() == 1);
    words.writeInt(Integer.MAX_VALUE);
    LinkTest.await("the length too", () -> channel.unproved() == 2);
    assertTrue(closed(stranger), "nothing sensible can follow");
    assertEquals(1, channel.strangers(), "the one before");
  }

  @Test
  void whoLooksForAnotherDirectorSaysNothingThatCanBeRead() throws Exception {
    List<byte[]> seen = new CopyOnWriteArrayList<>();
    attempt(
        (one, two) -> {
          ServerSocket between = new ServerSocket(0, 10, HERE);
          open.add(between);
          Thread.ofVirtual().start(() -> relay(between, two, seen));
          channel(wanted(two, "d2", one), "the first director", SECRET);
          Sync behind = wanted(one, "d1", between.getLocalPort());
          channel(behind, "the second director", SECRET);
          LinkTest.await("it goes through here", () -> octets(seen) > 200);
        });
    for (byte[] each : seen) {
      String text = new String(each, StandardCharsets.ISO_8859_1);
      for (String word : Set.of("the first director", "the second director")) {
        assertTrue(!text.contains(word), "'" + word + "' is on the wire");
      }
    }
  }

  private static int octets(List<byte[]> seen) {
    return seen.stream().mapToInt(each -> each.length).sum();
  }

  private static void relay(ServerSocket between, int to, List<byte[]> seen) {
    try {
      while (true) {
        Socket in = between.accept();
        Socket out = new Socket(HERE, to);
        Thread.ofVirtual().start(() -> copy(in, out, seen));
        Thread.ofVirtual().start(() -> copy(out, in, seen));
      }
    } catch (IOException closed) {
      return;
    }
  }

  private static void copy(Socket from, Socket to, List<byte[]> seen) {
    try (from;
        to) {
      byte[] room = new byte[65_536];
      for (int n = from.getInputStream().read(room); n >= 0; n = from.getInputStream().read(room)) {
        seen.add(java.util.Arrays.copyOf(room, n));
        to.getOutputStream().write(room, 0, n);
      }
    } catch (IOException closed) {
      return;
    }
  }

  @Test
  void aPortThatIsTakenIsSaidInOneSentence() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, HERE)) {
      Sync wanted = wanted(taken.getLocalPort(), "d2", 9);
      IOException refused =
          assertThrows(IOException.class, () -> link(wanted, "d1", new Table(), SECRET));
      assertTrue(
          String.valueOf(refused.getMessage())
              .startsWith(
                  "no other director is told: 127.0.0.1 port " + taken.getLocalPort() + " cannot"),
          refused.getMessage());
    }
  }
}
