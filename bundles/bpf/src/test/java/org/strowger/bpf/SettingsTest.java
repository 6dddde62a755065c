package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.strowger.api.BpfHook;
import org.strowger.api.ConnectionLog;
import org.strowger.api.ForwardedService;
import org.strowger.api.KernelSettings;
import org.strowger.api.NetworkAddress;
import org.strowger.api.PlaneEvent;

/** What the plane is told as a whole: hooks, sources of full NAT, statistics; and its log. */
class SettingsTest {
  private static final String WEB = "192.0.2.1";
  private static final String TC = FakeNetwork.CARD + " TC_INGRESS";

  @TempDir Path folder;
  private Lab lab;
  private final ForwardedService web = Lab.service("web", WEB, Lab.real("a", "10.0.0.1"));

  @BeforeEach
  void open() {
    lab = new Lab(folder);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  private static KernelSettings xdp(List<String> inTheDriver, List<String> behindIt) {
    return new KernelSettings("card", inTheDriver, behindIt, List.of(), false);
  }

  @Test
  void aDeviceWithXdpHasTcBehindItAndForwards() {
    lab.applyWith(xdp(List.of("card"), List.of()), web);

    assertEquals(Set.of(TC, FakeNetwork.CARD + " XDP_NATIVE"), lab.kernel.places());
    assertEquals("1", lab.network.setting("net/ipv4/conf/card/forwarding"));
    assertEquals("xdp", lab.plane.report().plane().transport());
    ByteBuffer station = Octets.zeros(8);
    assertTrue(lab.map("devices").lookup(Octets.key(FakeNetwork.CARD), station));
    assertEquals(0x02, station.get(0));
    assertEquals(0x01, station.get(5));
  }

  @Test
  void theHookIsExchangedWhileTcGoesOn() {
    lab.applyWith(xdp(List.of("card"), List.of()), web);
    int program = lab.kernel.programAt(FakeNetwork.CARD);

    lab.applyWith(xdp(List.of(), List.of("card")), web);
    assertEquals(Set.of(TC, FakeNetwork.CARD + " XDP_GENERIC"), lab.kernel.places());
    lab.applyWith(KernelSettings.at("card"), web);
    assertEquals(Set.of(TC), lab.kernel.places());
    assertEquals(program, lab.kernel.programAt(FakeNetwork.CARD));
  }

  @Test
  void aRestartTakesOverWhatIsAtXdp() {
    lab.applyWith(xdp(List.of("card"), List.of()), web);
    lab.restart();
    lab.applyWith(xdp(List.of("card"), List.of()), web);

    assertEquals(Set.of(TC, FakeNetwork.CARD + " XDP_NATIVE"), lab.kernel.places());
  }

  @Test
  void whereXdpCannotBeTcGoesOnAndOneSentenceTells() {
    lab.kernel.refused.add(BpfHook.XDP_NATIVE);
    lab.applyWith(xdp(List.of("card", "gone"), List.of()), web);

    assertEquals(Set.of(TC), lab.kernel.places());
    var told =
        assertInstanceOf(
            PlaneEvent.ResourceShort.class,
            lab.events.stream()
                .filter(PlaneEvent.ResourceShort.class::isInstance)
                .findFirst()
                .orElseThrow());
    assertEquals("kernelInterfaces", told.resource());
    assertTrue(told.why().contains("no network device gone"), told.why());
    assertTrue(told.why().contains("the driver of this device cannot do it"), told.why());

    lab.applyWith(KernelSettings.at("card"), web);
    assertTrue(lab.events.contains(new PlaneEvent.ResourceEased("kernelInterfaces")));
  }

  @Test
  void sourcesOfFullNatAreWrittenByFamilyAndPutOnTheDevice() {
    InetAddress four = InetAddress.ofLiteral("192.0.2.7");
    InetAddress six = InetAddress.ofLiteral("2001:db8::7");
    lab.applyWith(new KernelSettings("card", List.of(), List.of(), List.of(six, four), false), web);

    assertEquals(new Cells(0, 1), lab.cell(WEB).orElseThrow().sources());
    assertEquals(four, source(0));
    assertEquals(six, source(512));
    assertTrue(
        lab.network.addresses.stream()
            .map(NetworkAddress::address)
            .toList()
            .containsAll(List.of(four, six)));

    lab.applyWith(KernelSettings.at("card"), web);
    assertEquals(Cells.NONE, lab.cell(WEB).orElseThrow().sources());
    assertFalse(
        lab.network.addresses.stream().map(NetworkAddress::address).toList().contains(four));
  }

  private InetAddress source(int cell) {
    ByteBuffer value = Octets.zeros(Octets.ADDRESS);
    lab.map("sources").lookup(Octets.key(cell), value);
    return Octets.address(value, 0);
  }

  @Test
  void theKernelMeasuresWhileItIsWanted() {
    lab.applyWith(new KernelSettings("", List.of(), List.of(), List.of(), true), web);
    assertTrue(lab.kernel.measured);
    lab.applyWith(KernelSettings.NONE, web);
    assertFalse(lab.kernel.measured);
  }

  @Test
  void everySecondConnectionIsLoggedAtItsEnd() throws Exception {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Logger log = (Logger) LoggerFactory.getLogger("strowger.connections");
    log.addAppender(lines);
    try {
      ForwardedService logged =
          new ForwardedService(
              Services.logged(web.service(), new ConnectionLog(2, 100)),
              true,
              web.realServers(),
              web.chooser());
      lab.apply(logged);
      int index = lab.cell(WEB).orElseThrow().index();
      int real = lab.indexes(WEB).getFirst();
      for (int i = 0; i < 4; i++) {
        lab.map("events").ring.write(ended(index, real, 1000 + i, i < 2 ? 888 : -1));
      }
      long deadline = System.nanoTime() + 20_000_000_000L;
      while (lines.list.size() < 2) {
        assertTrue(System.nanoTime() < deadline, lines.list.toString());
        LockSupport.parkNanos(2_000_000);
      }
      assertEquals(2, lines.list.size());
      String said = lines.list.getFirst().getKeyValuePairs().toString();
      assertTrue(said.contains("client=\"198.51.100.7:1000\""), said);
      assertTrue(said.contains("real=\"web/a\""), said);
      assertTrue(said.contains("durationMillis=\"3\""), said);
      assertTrue(said.contains("end=\"realReset\""), said);
      assertTrue(said.contains("bytesIn=\"777\""), said);
      assertTrue(said.contains("bytesOut=\"888\""), said);
      String direct = lines.list.getLast().getKeyValuePairs().toString();
      assertFalse(direct.contains("bytesOut"), "its answers do not come by: " + direct);
    } finally {
      log.detachAppender(lines);
    }
  }

  private static ByteBuffer ended(int service, int real, int port, long octetsBack) {
    ByteBuffer event = Octets.zeros(96);
    event.putLong(0, 5_000_000).putLong(8, 2_000_000).putLong(24, 777).putLong(88, octetsBack);
    event.putInt(32, 4).putInt(36, 8).putInt(40, service).putInt(44, real);
    ByteBuffer client = event.slice(48, Flows.KEY);
    Octets.address(client, 0, InetAddress.ofLiteral("198.51.100.7"));
    Octets.port(client, 32, port);
    return event;
  }
}
