package org.strowger.testkit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.strowger.api.LinkState;
import org.strowger.api.MacAddress;
import org.strowger.api.NetworkAddress;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.Performance;
import org.strowger.api.PerformanceMonitor;
import org.strowger.api.Platform;
import org.strowger.api.PlatformState;
import org.strowger.api.PlatformState.Capability;
import org.strowger.api.PlatformState.Core;
import org.strowger.api.PlatformState.Identity;
import org.strowger.api.PlatformState.Storage;
import org.strowger.api.PlatformState.Usage;
import org.strowger.api.Syslog;
import org.strowger.api.SyslogTransport;
import org.strowger.api.TimeSync;
import org.strowger.api.TimeSyncState;

/** A machine with two network devices, and a history of three objects. */
public final class PlatformSample implements Platform, PerformanceMonitor {
  public static final Instant TAKEN = Instant.parse("2026-11-23T10:07:05Z");

  private static final Instant BOOTED = Instant.parse("2026-11-01T00:00:00Z");
  private static final Identity IDENTITY =
      new Identity(
          "0.1.0",
          "lab-1",
          "Debian GNU/Linux 12 (bookworm)",
          "6.1.0-28-amd64",
          "amd64",
          "Some Processor",
          "Some Vendor",
          "Some Product",
          "S123",
          "c6a1b2c3-0000-4000-8000-000000000001",
          "25.0.1+8");
  private static final Usage USAGE =
      new Usage(
          BOOTED.plusSeconds(60),
          BOOTED,
          3,
          80_000_000,
          120_000_000,
          512_000_000,
          60_000_000,
          41,
          380,
          57,
          63,
          210,
          1_048_576,
          123_456,
          1_250,
          4_000,
          310_000_000,
          4_000_000_000L,
          2_500_000_000L,
          152,
          98,
          75);

  private volatile LinkState link = LinkState.UP;
  private volatile long linkDowns;

  /** The link of eth0 is now like this. */
  public void link(LinkState now, long downs) {
    link = now;
    linkDowns = downs;
  }

  @Override
  public PlatformState state() {
    Map<String, Long> protocols =
        Map.ofEntries(
            Map.entry("Ip.Forwarding", 1L),
            Map.entry("Ip.DefaultTTL", 64L),
            Map.entry("Ip.InReceives", 5_000_000_000L),
            Map.entry("Tcp.CurrEstab", 12L),
            Map.entry("Tcp.MaxConn", -1L),
            Map.entry("Udp.InDatagrams", 77L),
            Map.entry("Icmp.InMsgs", 9L),
            Map.entry("IcmpMsg.InType8", 5L),
            Map.entry("Ip6.InReceives", 44L),
            Map.entry("Icmp6.InMsgs", 3L));
    return new PlatformState(
        TAKEN,
        IDENTITY,
        USAGE,
        List.of(
            new Capability("bpf", false, "give it CAP_BPF to forward in the kernel"),
            new Capability("netAdmin", true, "put addresses on devices")),
        List.of(device(1, "lo", 772, LinkState.UP, 0), device(2, "eth0", 1, link, linkDowns)),
        List.of(
            new NetworkAddress(1, address("127.0.0.1"), 8, false),
            new NetworkAddress(2, address("192.0.2.10"), 24, false),
            new NetworkAddress(2, address("2001:db8::10"), 64, true)),
        List.of(
            new Storage(Storage.MEMORY, "physical memory", "", 1_024, 3_906_250, 1_464_843),
            new Storage(Storage.SWAP, "swap", "", 1_024, 0, 0),
            new Storage(Storage.HEAP, "heap of the director", "", 1_024, 500_000, 78_125),
            new Storage(Storage.FIRST_FILE_SYSTEM, "/", "ext4", 4_096, 5_000_000, 1_000_000)),
        List.of(new Core(1, 4_100, 3_900), new Core(2, 3_900, 3_700)),
        new TimeSync(TimeSyncState.HOLDOVER, -250, 2_200_000),
        List.of(
            new PlatformState.Certificate(
                "jmx",
                "JMX over TLS",
                "CN=director",
                "CN=authority",
                "1f",
                BOOTED,
                BOOTED.plus(Duration.ofDays(30)),
                12,
                "04:00:ff")),
        124,
        List.of(
            new Syslog.Server(
                "collector",
                SyslogTransport.TCP,
                address("192.0.2.99"),
                601,
                "connection refused",
                5_000_000_000L,
                7,
                1_024)),
        new TreeMap<>(protocols));
  }

  private static NetworkDeviceState device(
      int index, String name, int type, LinkState link, long downs) {
    return new NetworkDeviceState(
        index,
        name,
        index == 2 ? "to the core switch" : "",
        type,
        index == 1 ? 65_536 : 1_500,
        index == 1 ? 0 : 10_000,
        Optional.of(new MacAddress(index == 1 ? 0 : 0x0200_5e10_0001L)),
        true,
        false,
        index == 2,
        link,
        1,
        downs,
        BOOTED,
        index == 2 ? List.of(1) : List.of(),
        new NetworkDeviceState.Counters(
            5_000_000_000L * index,
            6_000_000L,
            700,
            8,
            9,
            10_000_000_000L * index,
            11_000_000,
            12,
            13));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public Performance performance() {
    return new Performance(
        TAKEN,
        List.of(
            history(Performance.ObjectClass.DIRECTOR, "", 3, 1),
            history(Performance.ObjectClass.SERVICE, "web", 3, 1),
            history(Performance.ObjectClass.REAL, "web/a", 1, 0)),
        0);
  }

  private static Performance.History history(
      Performance.ObjectClass of, String name, int intervals, int days) {
    Instant quarter = Instant.parse("2026-11-23T10:00:00Z");
    Instant midnight = Instant.parse("2026-11-23T00:00:00Z");
    return new Performance.History(
        new Performance.ObjectId(of, name),
        bin(quarter, 425, 1),
        bins(quarter, intervals, Performance.INTERVAL.toSeconds()),
        bin(midnight, 36_425, 1),
        bins(midnight, days, Performance.DAY.toSeconds()));
  }

  private static List<Performance.Bin> bins(Instant end, int count, long seconds) {
    List<Performance.Bin> bins = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      bins.add(bin(end.minusSeconds(i * seconds), seconds, i + 1));
    }
    return bins;
  }

  /** Numbers that tell which bin and which column they are of. */
  private static Performance.Bin bin(Instant start, long seconds, int factor) {
    return new Performance.Bin(
        start,
        seconds,
        factor == 3,
        100L * factor,
        2L * factor,
        30_000L * factor,
        400_000L * factor,
        50L * factor,
        60L * factor,
        7L * factor,
        8L * factor,
        9L,
        10L);
  }
}
