package org.strowger.schedulers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.api.Compilation;
import org.strowger.api.Flow;
import org.strowger.api.LookupTable;
import org.strowger.api.Protocol;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerProvider;

/** From the look-up table a program makes the choices of the scheduler. */
class LookupTableTest {
  @ParameterizedTest
  @ValueSource(strings = {"sh", "dh", "mh"})
  void theTableChoosesAsTheSchedulerDoes(String name) {
    for (boolean port : new boolean[] {false, true}) {
      Map<String, Object> options =
          name.equals("dh") ? Map.of("seed", "x") : Map.of("seed", "x", "port", port);
      Farm farm = Farm.of(3, 1, 2, 5);
      Scheduler scheduler = Lab.scheduler(name, farm, options);
      LookupTable table = scheduler.table().orElseThrow();
      SplittableRandom random = new SplittableRandom(9);
      for (int i = 0; i < 2_000; i++) {
        Flow flow = flow(random, i % 2 == 0);
        assertEquals(scheduler.pick(flow, farm, random), chosen(table, flow), name + " " + flow);
      }
    }
  }

  @Test
  void whatCannotBeCompiledSaysSo() {
    assertEquals(
        List.of("lblc", "lblcr", "rendezvous", "boundedHash", "leastResponseTime"),
        Schedulers.providers().stream()
            .filter(p -> p.compilation(Map.of()) == Compilation.REFUSED)
            .map(SchedulerProvider::name)
            .toList());
    assertEquals(
        Compilation.REFUSED,
        Lab.provider("sh").compilation(Map.of("kernelRules", true, "fallback", true)));
    assertEquals(
        Compilation.LOOKUP_TABLE, Lab.provider("sh").compilation(Map.of("kernelRules", true)));
  }

  @Test
  void withoutFallbackTheTableSaysThatNobodyElseIsTried() {
    Scheduler scheduler = Lab.scheduler("mh", Farm.of(1, 2), Map.of("fallback", false));

    assertEquals(0, scheduler.table().orElseThrow().probes());
  }

  @Test
  void everyOneThatHasATableSaysSo() {
    for (SchedulerProvider each : Schedulers.providers()) {
      boolean table = each.create(Map.of()).table().isPresent();
      assertTrue(!table || each.compilation(Map.of()) == Compilation.LOOKUP_TABLE, each.name());
    }
  }

  /** As the record describes it, from its text alone. */
  private static int chosen(LookupTable table, Flow flow) {
    InetSocketAddress hashed = table.byDestination() ? flow.destination() : flow.client();
    long port = table.withPort() ? hashed.getPort() : 0;
    InetAddress address = hashed.getAddress();
    ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
    SipHash sip = new SipHash(table.key0(), table.key1());
    long hash =
        address instanceof Inet4Address
            ? sip.of((octets.getInt() & 0xffffffffL) | port << 32)
            : sip.of(octets.getLong(), octets.getLong(), port);
    return table.owners().get((int) (((hash >>> 32) * table.owners().size()) >>> 32));
  }

  private static Flow flow(SplittableRandom random, boolean ipv4) {
    byte[] client = new byte[ipv4 ? 4 : 16];
    byte[] destination = new byte[ipv4 ? 4 : 16];
    random.nextBytes(client);
    random.nextBytes(destination);
    client[0] = 0x20;
    destination[0] = 0x20;
    try {
      return new Flow(
          Protocol.TCP,
          new InetSocketAddress(InetAddress.getByAddress(client), random.nextInt(65_536)),
          new InetSocketAddress(InetAddress.getByAddress(destination), 443));
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError("4 or 16 octets are an address", e);
    }
  }
}
