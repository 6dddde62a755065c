package org.strowger.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.LinkState;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.PlatformState;

/** What is read of a made-up machine, and of this one. */
class LocalPlatformTest {
  @TempDir Path root;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-23T10:00:00Z"));

  private void put(String file, String text) {
    try {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void machine() {
    put("etc/os-release", "NAME=x\nPRETTY_NAME=\"Some Linux 1\"\n");
    put("proc/sys/kernel/osrelease", "6.1.0\n");
    put("proc/stat", "cpu 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0\nbtime 1700000000\n");
    put("proc/loadavg", "0.08 1.25 12.00 1/2 3\n");
    put(
        "proc/meminfo",
        "MemTotal: 1000 kB\nMemAvailable: 400 kB\nSwapTotal: 8 kB\nSwapFree: 6 kB\n");
    put("proc/self/status", "CapEff:\t0000000000001400\nVmRSS:\t 77 kB\n");
    put(
        "proc/net/dev",
        """
        Inter-|   Receive                |  Transmit
         face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs
          eth0: 5000000000 20 3 4 0 0 0 7 8000000000 90 10 11 0 0 0 0
          gone: 1 2 3 4 0 0 0 7 8 9 10 11 0 0 0 0
        """);
    device("eth0", 2, "0x1003", "up", 1);
    put(
        "proc/net/snmp",
        """
        Ip: Forwarding DefaultTTL InReceives
        Ip: 1 64 5000000000
        Tcp: MaxConn CurrEstab
        Tcp: -1 12
        """);
    put("proc/net/snmp6", "Ip6InReceives 44\nIcmp6InType135 5\n");
  }

  private void device(String name, int index, String flags, String state, long ups) {
    String folder = "sys/class/net/" + name + "/";
    put(folder + "ifindex", index + "\n");
    put(folder + "flags", flags + "\n");
    put(folder + "operstate", state + "\n");
    put(folder + "mtu", "1500\n");
    put(folder + "type", "1\n");
    put(folder + "speed", "-1\n");
    put(folder + "address", "02:00:5e:10:00:01\n");
    put(folder + "carrier_up_count", ups + "\n");
    put(folder + "carrier_down_count", "0\n");
  }

  private Certificates noCertificates() {
    return new Certificates(root, Optional::empty);
  }

  private LocalPlatform platform() {
    LocalPlatform platform =
        new LocalPlatform(new Tree(root), now::get, "9.9.9", 4, noCertificates());
    platform.measure();
    return platform;
  }

  @Test
  void readsWhatTheMachineTells() {
    PlatformState state = platform().state();
    assertEquals("Some Linux 1", state.identity().operatingSystem());
    assertEquals("9.9.9", state.identity().release());
    assertEquals("", state.identity().serialNumber(), "what is not told is empty");
    assertEquals(Instant.ofEpochSecond(1_700_000_000), state.usage().bootTime());
    assertEquals(8, state.usage().loadAverage1());
    assertEquals(125, state.usage().loadAverage5());
    assertEquals(1_200, state.usage().loadAverage15());
    assertEquals(400 * 1_024, state.usage().memoryAvailable());
    assertEquals(77 * 1_024, state.usage().residentBytes());
    assertEquals(5_000_000_000L, state.protocol("Ip.InReceives"));
    assertEquals(-1, state.protocol("Tcp.MaxConn"));
    assertEquals(44, state.protocol("Ip6.InReceives"));
    assertEquals(5, state.protocol("Icmp6.InType135"));
    assertEquals(600, state.storage().getFirst().used());
  }

  @Test
  void capabilitiesSayWhatToDo() {
    var capabilities = platform().state().capabilities();
    var raw = capabilities.stream().filter(c -> c.name().equals("netBindService")).findFirst();
    assertTrue(raw.orElseThrow().available());
    var bpf = capabilities.stream().filter(c -> c.name().equals("bpf")).findFirst().orElseThrow();
    assertTrue(!bpf.available() && bpf.detail().contains("CAP_BPF"), bpf.detail());
    var admin = capabilities.stream().filter(c -> c.name().equals("netAdmin")).findFirst();
    assertTrue(admin.orElseThrow().available());
  }

  @Test
  void deviceHasTheKernelsNumbersAndOneThatIsGoneIsLeftOut() {
    List<NetworkDeviceState> devices = platform().state().devices();
    assertEquals(1, devices.size());
    NetworkDeviceState eth0 = devices.getFirst();
    assertEquals(2, eth0.index());
    assertEquals(LinkState.UP, eth0.link());
    assertEquals(0, eth0.speedMegabits());
    assertEquals(
        new NetworkDeviceState.Counters(5_000_000_000L, 20, 7, 3, 4, 8_000_000_000L, 90, 10, 11),
        eth0.counters());
  }

  @Test
  void linkThatWentAndCameBetweenTwoLooksHasChanged() {
    LocalPlatform platform = platform();
    Instant first = platform.state().devices().getFirst().changed();
    now.set(now.get().plusSeconds(2));
    assertEquals(first, platform.state().devices().getFirst().changed());
    device("eth0", 2, "0x1003", "up", 2);
    now.set(now.get().plusSeconds(2));
    assertEquals(now.get(), platform.state().devices().getFirst().changed());
  }

  @Test
  void machineIsNotLookedAtMoreOftenThanItsAgeSays() {
    LocalPlatform platform = platform();
    PlatformState first = platform.state();
    put("proc/loadavg", "9.99 9.99 9.99 1/2 3\n");
    assertEquals(first.usage().loadAverage1(), platform.state().usage().loadAverage1());
    now.set(now.get().plusMillis(1_100));
    assertEquals(999, platform.state().usage().loadAverage1());
  }

  @Test
  void loadIsTheShareOfTimeThatWasNotIdle() {
    Loads loads = new Loads(new Tree(root));
    loads.look(0, 0);
    put("proc/stat", "cpu 10 0 20 60 10 0 0 0 0 0\ncpu0 10 0 20 60 10 0 0 0 0 0\n");
    loads.look(1_000_000_000L, 5_000_000_000L);
    assertEquals(3_000, loads.machine());
    assertEquals(2_000, loads.process());
    assertEquals(3_000, loads.cores().getFirst().load());
    put("proc/stat", "cpu 110 0 20 60 10 0 0 0 0 0\ncpu0 110 0 20 60 10 0 0 0 0 0\n");
    loads.look(1_000_000_000L, 10_000_000_000L);
    assertEquals(10_000, loads.cores().getFirst().load());
    assertEquals(6_500, loads.cores().getFirst().loadMinute());
  }

  @Test
  void machineThatTellsNothingIsNoError() throws IOException {
    Path empty = Files.createTempDirectory(root, "empty");
    PlatformState state =
        new LocalPlatform(new Tree(empty), now::get, "1", 0, noCertificates()).state();
    assertEquals(List.of(), state.devices());
    assertEquals(0, state.protocol("Ip.InReceives"));
  }

  @Test
  void thisMachineHasADeviceAndMemory() {
    LocalPlatform here =
        new LocalPlatform(new Tree(Path.of("/")), Instant::now, "1", 0, noCertificates());
    here.measure();
    PlatformState state = here.state();
    assertTrue(state.usage().memoryTotal() > 0 && state.usage().openFiles() > 0);
    assertTrue(!state.cores().isEmpty() && state.storage().size() > 3, state.storage().toString());
  }
}
