package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.api.Verdict.ACCEPTED;
import static org.strowger.api.Verdict.ACCESS_DENIED;
import static org.strowger.api.Verdict.CONNECTION_LIMIT;
import static org.strowger.api.Verdict.FORWARDED;
import static org.strowger.api.Verdict.LOOP;
import static org.strowger.api.Verdict.NOT_IN_SERVICE;
import static org.strowger.api.Verdict.NO_REAL_SERVER;
import static org.strowger.api.Verdict.NO_SOURCE_PORT;
import static org.strowger.api.Verdict.RATE_LIMIT;
import static org.strowger.bpf.Kernel.DIRECT;
import static org.strowger.bpf.Kernel.DROP;
import static org.strowger.bpf.Kernel.FULLNAT;
import static org.strowger.bpf.Kernel.MASQUERADING;
import static org.strowger.bpf.Kernel.PASS;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.api.BpfMap.Mode;
import org.strowger.api.KernelException;
import org.strowger.bpf.Kernel.Service;

/** Which real server a new connection gets, and which connection gets none. */
@ExtendWith(LoadedKernel.class)
class ChoiceTest {
  private static final int RING = 8;

  private final Kernel kernel;
  private int nextClient = 1;

  ChoiceTest(Kernel kernel) {
    this.kernel = kernel;
  }

  /** Service 1, masqueraded over real servers 1 to {@code count}: 10.0.1.1, 10.0.1.2... */
  private Service over(int count) throws KernelException {
    int[] all = new int[count];
    for (int i = 1; i <= count; i++) {
      all[i - 1] = i;
      kernel.put("reals", i, kernel.real(1, MASQUERADING, "10.0.1." + i, 0));
    }
    return kernel.service(1, "tcp", "10.0.0.1:80").reals(all);
  }

  private void change(int real, int flags, int upper, int lower) throws KernelException {
    ByteBuffer value = kernel.real(1, MASQUERADING, "10.0.1." + real, 0);
    kernel.put("reals", real, value.putInt(52, flags).putInt(64, upper).putInt(68, lower));
  }

  /** A first packet of a client that was not here yet; the number of its real server, or 0. */
  private int connect() throws KernelException {
    int client = nextClient++;
    return chosen("10.1." + client / 250 + "." + (1 + client % 250) + ":1000");
  }

  private int chosen(String client) throws KernelException {
    Kernel.Outcome outcome = kernel.run("tcp " + client + " > 10.0.0.1:80 S");
    if (!outcome.verdicts().equals(Set.of(ACCEPTED))) {
      return 0;
    }
    String to = outcome.frame().split(" ")[3];
    return Integer.parseInt(to.substring(to.lastIndexOf('.') + 1, to.lastIndexOf(':')));
  }

  private void fillRing(long from, int... reals) throws KernelException {
    for (int i = 0; i < reals.length; i++) {
      long number = from + i;
      int cell = 16 + (int) (number % RING);
      kernel.put("picks", cell, Kernel.room(8).putLong(0, (number + 1) << 32 | reals[i]));
    }
  }

  @Test
  void picksAreTakenInTheirOrderEachOnceThenTheFallbackServes() throws Exception {
    over(3).set(40, 16).set(44, RING).reals(3).write();
    fillRing(0, 2, 1, 1, 2, 1);
    List<Integer> got = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      got.add(connect());
    }
    assertEquals(List.of(2, 1, 1, 2, 1, 3, 3), got);
    fillRing(5, 1, 2, 1, 2, 1, 2, 1, 2); // around the end
    got.clear();
    for (int i = 0; i < 9; i++) {
      got.add(connect());
    }
    assertEquals(List.of(1, 2, 1, 2, 1, 2, 1, 2, 3), got);
  }

  @Test
  void aPickThatCannotServeIsPassedOver() throws Exception {
    over(3).set(40, 16).set(44, RING).reals(3).write();
    fillRing(0, 1, 1, 2);
    change(1, 0, 0, 0);
    assertEquals(2, connect());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 16, 24})
  void theTableIsAskedByTheHashOfTheRelay(int flags) throws Exception {
    int size = 1021;
    int[] owners = new Random(3).ints(size, 1, 33).toArray();
    for (int i = 0; i < size; i++) {
      kernel.put("tables", 2000 + i, Kernel.word(owners[i]));
    }
    Hash hash = new Hash("Strowger");
    over(32).flags(flags).set(48, 2000).set(52, size).key(hash).write();
    for (int i = 0; i < 200; i++) {
      String address = "10." + (i * 7 % 256) + "." + i + "." + (i * 31 % 256);
      int port = 1 + i * 300;
      boolean destination = (flags & 8) != 0;
      int wanted =
          owners[
              hash.place(
                  destination ? "10.0.0.1" : address,
                  destination ? 80 : port,
                  (flags & 16) != 0,
                  size)];
      assertEquals(wanted, chosen(address + ":" + port), address);
    }
  }

  @Test
  void aClientWhoseRealServerIsLostGoesWhereTheRelayWouldSendIt() throws Exception {
    int size = 1021;
    int[] owners = new Random(4).ints(size, 1, 33).toArray();
    for (int i = 0; i < size; i++) {
      kernel.put("tables", 2000 + i, Kernel.word(owners[i]));
    }
    Hash hash = new Hash("Strowger");
    over(32).set(48, 2000).set(52, size).key(hash).write();
    for (int i = 1; i <= 32; i++) {
      change(i, i % 4 == 0 ? Kernel.TAKES_NEW : 0, 0, 0);
    }
    for (int i = 1; i < 100; i++) {
      String client = "10.7." + i + ".1";
      assertEquals(
          hash.eligible(client, owners, owner -> owner % 4 == 0), chosen(client + ":9"), client);
    }
    over(32).flags(256).reals().set(48, 2000).set(52, size).key(hash).write();
    assertEquals(0, owners[hash.place("10.7.0.1", 0, false, size)] % 4 == 0 ? 0 : connectFrom());
  }

  private int connectFrom() throws KernelException {
    return chosen("10.7.0.1:9");
  }

  @Test
  void theHashOfIpv6IsTheRelaysToo() throws Exception {
    int size = 509;
    for (int i = 0; i < size; i++) {
      kernel.put("tables", 2000 + i, Kernel.word(1 + i % 32));
    }
    Hash hash = new Hash("other");
    for (int i = 1; i <= 32; i++) {
      kernel.put("reals", i, kernel.real(1, MASQUERADING, "2001:db8:1::" + i, 0));
    }
    kernel.service(1, "tcp", "[2001:db8::1]:80").set(48, 2000).set(52, size).key(hash).write();
    for (int i = 0; i < 100; i++) {
      String client = "2001:db8:" + i + "::" + i * 3;
      int wanted = 1 + hash.place(client, 0, false, size) % 32;
      String out = kernel.run("tcp [" + client + "]:9 > [2001:db8::1]:80 S").frame();
      assertTrue(out.contains("> [2001:db8:1::" + wanted + "]:80 "), out);
    }
  }

  /** The hash of the bundle schedulers itself. */
  static final class Hash {
    private final Object hash;
    final long key0;
    final long key1;

    Hash(String seed) throws ReflectiveOperationException {
      Class<?> sip = Class.forName("org.strowger.schedulers.SipHash");
      var keyedBy = sip.getDeclaredMethod("keyedBy", String.class);
      keyedBy.setAccessible(true);
      Object keyed = keyedBy.invoke(null, seed);
      key0 = word(keyed, "k0");
      key1 = word(keyed, "k1");
      var make = Class.forName("org.strowger.schedulers.Hash").getDeclaredConstructor(sip);
      make.setAccessible(true);
      hash = make.newInstance(keyed);
    }

    private static long word(Object keyed, String name) throws ReflectiveOperationException {
      var method = keyed.getClass().getDeclaredMethod(name);
      method.setAccessible(true);
      return (long) method.invoke(keyed);
    }

    /** The owner that the relay's scheduler finds with its further probes. */
    int eligible(String address, int[] owners, java.util.function.IntPredicate takes)
        throws Exception {
      var next = hash.getClass().getDeclaredMethod("next", long.class);
      next.setAccessible(true);
      var of = hash.getClass().getDeclaredMethod("of", InetSocketAddress.class, boolean.class);
      of.setAccessible(true);
      var reduce = hash.getClass().getDeclaredMethod("reduce", long.class, int.class);
      reduce.setAccessible(true);
      var client = new InetSocketAddress(InetAddress.getByAddress(Frame.octets(address)), 0);
      long probe = (long) of.invoke(hash, client, false);
      for (int i = 0; i <= 64; i++) {
        int owner = owners[(int) reduce.invoke(null, probe, owners.length)];
        if (takes.test(owner)) {
          return owner;
        }
        probe = (long) next.invoke(null, probe);
      }
      return 0;
    }

    int place(String address, int port, boolean withPort, int size) throws Exception {
      var of = hash.getClass().getDeclaredMethod("of", InetSocketAddress.class, boolean.class);
      of.setAccessible(true);
      var client = new InetSocketAddress(InetAddress.getByAddress(Frame.octets(address)), port);
      var reduce = hash.getClass().getDeclaredMethod("reduce", long.class, int.class);
      reduce.setAccessible(true);
      return (int) reduce.invoke(null, of.invoke(hash, client, withPort), size);
    }
  }

  @Test
  void nobodyToServeIsAReset() throws Exception {
    over(1).write();
    change(1, 0, 0, 0);
    kernel
        .run("tcp 10.1.0.5:4 > 10.0.0.1:80 S")
        .goes("tcp 10.0.0.1:80 > 10.1.0.5:4 RA ttl 64 df", NO_REAL_SERVER);
    kernel.service(1, "udp", "10.0.0.1:80").reals(1).write();
    kernel.run("udp 10.1.0.5:4 > 10.0.0.1:80 data 1").ends(DROP, NO_REAL_SERVER);
  }

  @Test
  void aClosedServiceTakesNoNewOnes() throws Exception {
    over(1).write();
    assertEquals(1, chosen("10.1.0.5:4"));
    over(1).flags(1).write();
    kernel
        .run("tcp 10.1.0.6:4 > 10.0.0.1:80 S")
        .goes("tcp 10.0.0.1:80 > 10.1.0.6:4 RA ttl 64 df", NOT_IN_SERVICE);
    kernel
        .run("tcp 10.1.0.5:4 > 10.0.0.1:80 S")
        .goes("tcp 10.1.0.5:4 > 10.0.1.1:80 S ttl 63", FORWARDED);
  }

  @Test
  void aFullRealServerTakesMoreBelowItsLowerThreshold() throws Exception {
    over(1).write();
    change(1, Kernel.TAKES_NEW, 4, 2);
    for (int i = 0; i < 4; i++) {
      assertEquals(1, connect());
    }
    kernel.run("tcp 10.2.0.1:4 > 10.0.0.1:80 S").ends(DROP, CONNECTION_LIMIT);
    kernel.put("corrections", 1, Kernel.room(24).putLong(0, 2));
    kernel.run("tcp 10.2.0.1:4 > 10.0.0.1:80 S").ends(DROP, CONNECTION_LIMIT);
    kernel.put("corrections", 1, Kernel.room(24).putLong(0, 3));
    assertEquals(1, connect());
  }

  @Test
  void aFullServiceTakesNoMore() throws Exception {
    over(2).set(72, 3).write();
    for (int i = 0; i < 3; i++) {
      assertTrue(connect() > 0);
    }
    kernel.run("tcp 10.2.0.1:4 > 10.0.0.1:80 S").ends(DROP, CONNECTION_LIMIT);
    kernel.put("service_corrections", 1, Kernel.room(24).putLong(0, 1));
    assertTrue(connect() > 0);
  }

  @Test
  void aBurstGoesThroughAndThenTheRateHolds() throws Exception {
    Service service = over(1);
    service.value.putLong(24, 3_600_000_000_000L).putLong(32, 4 * 3_600_000_000_000L);
    service.write();
    for (int i = 0; i < 5; i++) {
      assertEquals(1, connect());
    }
    kernel.run("tcp 10.2.0.1:4 > 10.0.0.1:80 S").ends(DROP, RATE_LIMIT);
  }

  @Test
  void theLongestPrefixOfTheAccessListDecides() throws Exception {
    over(1).flags(2).write();
    access("10.1.0.0", 16, 2);
    access("10.1.7.0", 24, 1);
    assertEquals(1, chosen("10.2.0.1:4"));
    assertEquals(1, chosen("10.1.7.9:4"));
    kernel.run("tcp 10.1.8.9:4 > 10.0.0.1:80 S").ends(DROP, ACCESS_DENIED);
    over(1).flags(2 | 4).write();
    kernel.run("tcp 10.2.0.2:4 > 10.0.0.1:80 S").ends(DROP, ACCESS_DENIED);
    assertEquals(1, chosen("10.1.7.10:4"));
  }

  private void access(String prefix, int bits, int rule) throws KernelException {
    ByteBuffer key = Kernel.room(24).putInt(32 + 96 + bits).putInt(1);
    key.put(Kernel.mapped(prefix)).flip();
    kernel.map("access_list").update(key, Kernel.word(rule), Mode.ANY);
  }

  @Test
  void aSourceStaysWhereItWas() throws Exception {
    Service service = over(8).set(76, 300);
    service.value.put(80, (byte) 24);
    service.write();
    int first = chosen("10.1.0.5:1");
    for (int i = 2; i < 30; i++) {
      assertEquals(first, chosen("10.1.0." + i + ":" + i), "of one /24");
    }
    assertEquals(28, kernel.counter("counters", 1, 64) - hitsBefore);
    change(first, 0, 0, 0);
    int other = chosen("10.1.0.99:1");
    assertTrue(other != first && other != 0, "its real server is quiesced");
    assertEquals(other, chosen("10.1.0.98:1"));
    service.value.put(82, (byte) 1);
    service.write();
    change(other, 0, 0, 0);
    assertEquals(other, chosen("10.1.0.97:1"), "also to a quiesced one, if wanted so");
  }

  private long hitsBefore;

  @BeforeEach
  void countBefore() throws KernelException {
    hitsBefore = kernel.counter("counters", 1, 64);
  }

  @Test
  void aServiceOfAllPortsTakesWhatNoOtherTakes() throws Exception {
    over(1).write();
    kernel.service(2, "tcp", "10.0.0.1:0").reals(9).write();
    kernel.put("reals", 9, kernel.real(2, MASQUERADING, "10.0.1.9", 0));
    kernel
        .run("tcp 10.1.0.5:4 > 10.0.0.1:81 S")
        .goes("tcp 10.1.0.5:4 > 10.0.1.9:81 S ttl 63", ACCEPTED);
    assertEquals(1, chosen("10.1.0.5:4"));
  }

  @Test
  void datagramsMayBeChosenForOneByOne() throws Exception {
    kernel.service(1, "udp", "10.0.0.1:53").flags(32).reals(1, 2).write();
    kernel.put("reals", 1, kernel.real(1, DIRECT, "10.0.1.1", 0));
    kernel.put("reals", 2, kernel.real(1, DIRECT, "10.0.1.2", 0));
    for (int i = 0; i < 10; i++) {
      kernel
          .run("udp 10.1.0.5:4 > 10.0.0.1:53 data 2")
          .goes("udp 10.1.0.5:4 > 10.0.0.1:53 ttl 63", ACCEPTED);
    }
    assertEquals(List.of(0L, 0L, 0L), kernel.loads(1));
    assertTrue(kernel.entry("halfopen", "udp 10.1.0.5:4 > 10.0.0.1:53").isEmpty());
  }

  @Test
  void withoutAFreePortThereIsNoConnection() throws Exception {
    kernel.serve(FULLNAT, 0);
    kernel.put("settings", 0, Kernel.room(16).putInt(4, 30_000).putInt(8, 1));
    kernel
        .run("tcp 10.1.0.5:4 > 10.0.0.1:80 S")
        .goes("tcp 10.0.1.200:30000 > 10.0.1.1:80 S ttl 63", ACCEPTED);
    kernel.run("tcp 10.1.0.5:5 > 10.0.0.1:80 S").ends(DROP, NO_SOURCE_PORT);
  }

  @Test
  void aFirstPacketOfAnotherDirectorIsTheHosts() throws Exception {
    over(1).write();
    kernel.settings(2);
    kernel.map("peers").update(Kernel.room(8).put(0, (byte) 2), Kernel.word(1), Mode.ANY);
    kernel.run("tcp 10.1.0.5:4 > 10.0.0.1:80 S").ends(PASS, LOOP);
    assertEquals(
        Set.of(ACCEPTED),
        kernel.run(Frame.of("tcp 10.1.0.5:4 > 10.0.0.1:80 S").put(6, (byte) 4)).verdicts());
  }

  @Test
  void aServiceMayTakeConnectionsThatItHasNotSeenBegin() throws Exception {
    over(1).flags(128).write();
    kernel
        .run("tcp 10.1.0.5:4 > 10.0.0.1:80 A data 4")
        .goes("tcp 10.1.0.5:4 > 10.0.1.1:80 A ttl 63", ACCEPTED);
    kernel
        .run("tcp 10.0.1.1:80 > 10.1.0.5:4 A data 4")
        .goes("tcp 10.0.0.1:80 > 10.1.0.5:4 A ttl 63", FORWARDED);
  }
}
