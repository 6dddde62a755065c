package org.strowger.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.strowger.linux.Tried.room;
import static org.strowger.linux.Tried.word;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strowger.api.BpfHook;
import org.strowger.api.BpfLink;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfObject;
import org.strowger.api.BpfProgram;
import org.strowger.api.KernelException;
import org.strowger.api.Subscription;

/** Programs at their places, met by packets of a cable in a namespace of the test's own. */
@Timeout(120)
class LinksTest {
  private static final InetAddress SOME = InetAddress.ofLiteral("10.91.0.1");

  private final KernelBpf bpf = new KernelBpf();
  private final KernelNetwork network = new KernelNetwork();

  @TempDir private Path folder;

  @BeforeEach
  void assume() {
    Tried.assume();
    Tried.assumeMounts();
    Optional<String> why = bpf.unavailable(BpfHook.TC_INGRESS);
    assumeTrue(why.isEmpty(), () -> why.orElse(""));
  }

  @AfterEach
  void unmount() throws KernelException {
    bpf.unmountFileSystem(pins());
  }

  private Path pins() {
    return folder.resolve("bpf");
  }

  private int device(String name) throws KernelException {
    return network.devices().stream()
        .filter(d -> d.name().equals(name))
        .findFirst()
        .orElseThrow()
        .index();
  }

  private static long count(BpfMap counts, int at) throws KernelException {
    ByteBuffer values = room(counts.cpus() * counts.stride());
    assertTrue(counts.lookup(word(at), values));
    long sum = 0;
    for (int i = 0; i < counts.cpus(); i++) {
      sum += values.getInt(i * counts.stride());
    }
    return sum;
  }

  /** Sends frames from a device until the program at the other end has counted some. */
  private void frames(int device, BpfMap counts, int at) throws Exception {
    long before = count(counts, at);
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (count(counts, at) < before + 4) {
      assertTrue(System.nanoTime() < deadline, "no packet met the program");
      announce(device);
      Thread.sleep(10);
    }
  }

  /** To a sender a frame that is dropped on its way out looks like a lack of buffers. */
  private void announce(int device) throws KernelException {
    try {
      network.announce(device, SOME);
    } catch (KernelException e) {
      assertEquals(Errno.ENOBUFS, e.errno(), e.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TC_INGRESS", "TC_EGRESS"})
  void aProgramMeetsPacketsAndIsReplacedInItsPlace(BpfHook hook) throws Exception {
    OwnNamespace.run(
        () -> {
          int near = device("near");
          int at = hook == BpfHook.TC_INGRESS ? device("far") : near;
          try (BpfObject object = bpf.load(Tried.source())) {
            BpfMap counts = object.map("counts");
            try (BpfLink link = bpf.attach(object.program("count_and_pass"), hook, at)) {
              frames(near, counts, 0);
              assertEquals(at, link.device());
              assertEquals(hook, link.hook());
              assertEquals(object.program("count_and_pass").id(), link.programId());
              link.replace(object.program("count_and_drop"));
              assertEquals(object.program("count_and_drop").id(), link.programId());
              frames(near, counts, 1);
            }
            long after = count(counts, 1);
            network.announce(near, SOME);
            assertEquals(after, count(counts, 1), "closed, and yet it runs");
          }
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"XDP_NATIVE", "XDP_GENERIC"})
  void anXdpProgramIsAlone(BpfHook hook) throws Exception {
    OwnNamespace.run(
        () -> {
          bpf.mountFileSystem(pins());
          int far = device("far");
          try (BpfObject object = bpf.load(Tried.source());
              Subscription _ = bpf.measure();
              BpfLink link = bpf.attach(object.program("shorten"), hook, far)) {
            BpfProgram program = object.program("shorten");
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (program.statistics().runs() < 4) {
              assertTrue(System.nanoTime() < deadline, "no packet met the program");
              network.announce(device("near"), SOME);
              Thread.sleep(10);
            }
            assertTrue(program.statistics().runNanos() > 0);
            var second =
                assertThrows(KernelException.class, () -> bpf.attach(program, hook, far).close());
            assertEquals(16, second.errno(), second.getMessage());
            assertTrue(
                second.getMessage().startsWith("cannot attach program 'shorten' to " + hook),
                second.getMessage());
            link.pin(pins().resolve("link"));
            try (BpfLink opened = bpf.openLink(pins().resolve("link"))) {
              assertEquals(hook, opened.hook());
              assertEquals(link.id(), opened.id());
            }
          }
        });
  }

  @Test
  void whatIsPinnedOutlivesAKilledProcess() throws Exception {
    OwnNamespace.run(
        () -> {
          int near = device("near");
          bpf.mountFileSystem(pins());
          bpf.mountFileSystem(pins());
          try (Killed killed = new Killed(pins(), device("far"))) {
            killed.kill();
          }
          try (BpfMap counts = bpf.openMap(pins().resolve("counts"));
              BpfProgram drop = bpf.openProgram(pins().resolve("drop"));
              BpfLink link = bpf.openLink(pins().resolve("link"))) {
            assertEquals("counts", counts.name());
            frames(near, counts, 0);
            link.replace(drop);
            frames(near, counts, 1);
            link.detach();
            long after = count(counts, 1);
            network.announce(near, SOME);
            assertEquals(after, count(counts, 1), "detached, and yet it runs");
            assertEquals(0, link.device());
          }
        });
  }

  /** A process with a program attached. */
  private static final class Killed implements AutoCloseable {
    private final Process process;

    Killed(Path pins, int device) throws Exception {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx128m",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Attacher.class.getName(),
                  pins.toString(),
                  Integer.toString(device))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader said = process.inputReader();
      String line = said.readLine();
      while (line != null && !line.equals(Attacher.READY)) {
        line = said.readLine();
      }
      assertEquals(Attacher.READY, line);
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @Test
  void pinsAreOpenedAsWhatTheyAre() throws Exception {
    bpf.mountFileSystem(pins());
    Path pin = pins().resolve("it");
    long before = Tried.descriptors();
    try (BpfObject object = bpf.load(Tried.source())) {
      var nothing = assertThrows(KernelException.class, () -> bpf.openMap(pin).close());
      assertEquals(2, nothing.errno());
      assertEquals(
          "cannot open " + pin + ": there is no such thing (ENOENT)", nothing.getMessage());
      object.map("hash").pin(pin);
      var taken = assertThrows(KernelException.class, () -> object.map("plain").pin(pin));
      assertTrue(taken.getMessage().startsWith("cannot pin map 'plain' as " + pin));
      for (var wrong :
          List.<KernelException>of(
              assertThrows(KernelException.class, () -> bpf.openProgram(pin).close()),
              assertThrows(KernelException.class, () -> bpf.openLink(pin).close()))) {
        assertTrue(wrong.getMessage().contains("it is no "), wrong.getMessage());
      }
      assertEquals(object.map("hash").id(), id(pin));
    }
    Tried.awaitNoMoreThan(before);
    Files.delete(pin);
    bpf.unmountFileSystem(pins());
    bpf.unmountFileSystem(pins());
    assertFalse(Files.exists(pin));
  }

  private int id(Path pin) throws KernelException {
    try (BpfMap map = bpf.openMap(pin)) {
      return map.id();
    }
  }

  @Test
  void aDeviceThatIsNotThereIsNamed() throws Exception {
    try (BpfObject object = bpf.load(Tried.source())) {
      var none =
          assertThrows(
              KernelException.class,
              () ->
                  bpf.attach(object.program("count_and_pass"), BpfHook.TC_INGRESS, 999_999)
                      .close());
      assertEquals(
          "cannot attach program 'count_and_pass' to TC_INGRESS of device 999999:"
              + " there is no such device (ENODEV)",
          none.getMessage());
    }
  }
}
