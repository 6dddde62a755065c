package org.strowger.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/**
 * The bundle in a real framework: a second version beside the first, each with its own Netty and
 * native library, takes the listening sockets over while connections come in all the time.
 */
@Timeout(180)
@SuppressWarnings("try") // closing is what is tested
class SideBySideTest {
  /**
   * All wires that were here. Netty's native library, when it goes with its class loader, takes the
   * functions of the classes with the same names from the system's class loader: those of the other
   * tests in this process. (A framework has none of these there.)
   */
  private static final List<Object> KEPT = new CopyOnWriteArrayList<>();

  @TempDir Path folder;

  /** The bundle as it is built, with another version. */
  private Path jar(String version) throws IOException {
    Path classes = Path.of("target/classes");
    Path jar = folder.resolve("wire-" + version + "-" + System.nanoTime() + ".jar");
    Manifest manifest;
    try (InputStream in = Files.newInputStream(classes.resolve("META-INF/MANIFEST.MF"))) {
      manifest = new Manifest(in);
    }
    manifest.getMainAttributes().put(new Attributes.Name("Bundle-Version"), version);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out, manifest);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = classes.relativize(file).toString();
        if (!name.equals("META-INF/MANIFEST.MF")) {
          zip.putNextEntry(new ZipEntry(name));
          Files.copy(file, zip);
        }
      }
    }
    return jar;
  }

  private Framework framework(Transport transport) throws Exception {
    Framework framework =
        new FrameworkFactory()
            .newFramework(
                Map.of(
                    "org.osgi.framework.storage",
                    folder.resolve("cache").toString(),
                    "org.osgi.framework.storage.clean",
                    "onFirstInit",
                    "org.osgi.framework.bsnversion",
                    "multiple",
                    "org.osgi.framework.system.packages.extra",
                    "org.slf4j;version=2.0.19,org.slf4j.helpers;version=2.0.19,"
                        + "org.slf4j.spi;version=2.0.19",
                    "strowger.transport",
                    transport.word(),
                    "strowger.loops",
                    "2"));
    framework.start();
    return framework;
  }

  private Bundle start(Framework framework, String version) throws Exception {
    Bundle bundle = framework.getBundleContext().installBundle(jar(version).toUri().toString());
    bundle.start();
    KEPT.add(service(bundle).getClass());
    return bundle;
  }

  private static ServiceReference<?> reference(Bundle bundle) {
    for (ServiceReference<?> reference :
        Objects.requireNonNull(bundle.getRegisteredServices(), "services")) {
      if (reference.getProperty(Contract.GENERATION) != null) {
        return reference;
      }
    }
    throw new AssertionError("no wire of " + bundle);
  }

  private static Object service(Bundle bundle) {
    return Objects.requireNonNull(
        Objects.requireNonNull(bundle.getBundleContext()).getService(reference(bundle)));
  }

  private static Wire wire(Bundle bundle) {
    return Structural.bind(Wire.class, service(bundle));
  }

  private static long total(Wire wire) {
    return Ledger.sum(
        Objects.requireNonNull(wire.ledger().get("web")).get(),
        Contract.SERVICE_ROW,
        Contract.CONNS_TOTAL);
  }

  private static Map<String, Object> service(InetSocketAddress at, InetSocketAddress real) {
    return Map.of(
        Contract.NAME,
        "web",
        Contract.ADDRESS,
        at,
        Contract.REALS,
        List.of(Map.of(Contract.ID, "p/a", Contract.ADDRESS, real, Contract.WEIGHT, 1)));
  }

  /** Short connections on several threads until told to stop; what failed is kept. */
  private static final class Stream8 implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();
    final List<String> failures = new CopyOnWriteArrayList<>();
    final AtomicInteger done = new AtomicInteger();

    Stream8(InetSocketAddress address) {
      for (int i = 0; i < 8; i++) {
        threads.add(Thread.ofVirtual().start(() -> run(address)));
      }
    }

    private void run(InetSocketAddress address) {
      while (!stop.get()) {
        try (Socket socket = new Socket()) {
          socket.setSoTimeout(20_000);
          socket.connect(address, 10_000);
          echo(socket);
          done.incrementAndGet();
          Thread.sleep(1);
        } catch (IOException | AssertionError e) {
          failures.add(e.toString());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    void more(int count) {
      int from = done.get();
      Bench.await(count + " more connections", () -> done.get() >= from + count);
    }

    @Override
    public void close() throws InterruptedException {
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static void echo(Socket socket) throws IOException {
    socket.getOutputStream().write(42);
    assertEquals(42, socket.getInputStream().read());
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void newVersionTakesTheSocketsAndTheOldOneDrains(Transport transport) throws Exception {
    assumeTrue(transport.available(), () -> transport + " is not available on this machine");
    Framework framework = framework(transport);
    InetSocketAddress address = Bench.freeAddress();
    try (TestServer server = TestServer.echo()) {
      TestDecider decider = new TestDecider(server.address());
      Bundle one = start(framework, "1.0.0");
      assertEquals(transport.word(), wire(one).transport());
      assertNull(one.getHeaders().get("Export-Package"), "nobody shares what is embedded");
      wire(one).decideBy(decider);
      wire(one).apply(List.of(service(address, server.address())));
      Bench.await("listening", () -> "".equals(wire(one).listening().get("web")));
      List<Socket> held = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        held.add(new Socket(address.getAddress(), address.getPort()));
        echo(held.get(i));
      }
      try (Stream8 stream = new Stream8(address)) {
        stream.more(200);
        Bundle two = start(framework, "2.0.0");
        assertNotEquals(service(one).getClass(), service(two).getClass(), "two class loaders");
        wire(two).decideBy(decider);
        stream.more(200);
        long counted = total(wire(two));
        assertTrue(counted >= 420, "counters go on: " + counted);
        for (Socket socket : held) {
          echo(socket);
        }
        Bench.await("old one has the held ones only", () -> listed(one) == held.size());
        assertFalse((Boolean) reference(one).getProperty(Contract.DRAINED));
        held.forEach(SideBySideTest::close);
        Bench.await("drained", () -> (Boolean) reference(one).getProperty(Contract.DRAINED));
        one.uninstall();
        stream.more(100);
        assertTrue(total(wire(two)) >= counted + 100, "counters never go back");

        Bundle back = start(framework, "1.0.1");
        wire(back).decideBy(decider);
        stream.more(200);
        Bench.await("drained", () -> (Boolean) reference(two).getProperty(Contract.DRAINED));
        two.uninstall();
        stream.more(100);
        assertTrue(total(wire(back)) >= counted + 400, "counters never go back");
        stream.close();
        assertEquals(List.of(), stream.failures);
        assertEquals(List.of(), server.failures);
      }
    } finally {
      framework.stop();
      framework.waitForStop(10_000);
    }
  }

  private static Map<String, Object> datagrams(InetSocketAddress at, UdpServer... servers) {
    List<Map<String, Object>> reals = new ArrayList<>();
    for (UdpServer server : servers) {
      reals.add(
          Map.of(
              Contract.ID,
              "p/" + server.name,
              Contract.ADDRESS,
              server.address(),
              Contract.WEIGHT,
              1));
    }
    return Map.of(
        Contract.NAME,
        "web",
        Contract.ADDRESS,
        at,
        Contract.PROTOCOL,
        "udp",
        Contract.REALS,
        reals);
  }

  /** One client, one flow: numbers its datagrams, and sends on whether answers come or not. */
  private static final class Numbers implements AutoCloseable {
    final UdpClient client;
    final String name;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger sent = new AtomicInteger();
    private final Thread thread;

    Numbers(InetSocketAddress address) throws IOException {
      client = new UdpClient(address);
      name = client.ask("first").substring(0, 1);
      thread = Thread.ofVirtual().start(this::run);
    }

    private void run() {
      try {
        while (!stop.get()) {
          client.send("n" + sent.get());
          sent.incrementAndGet();
          Thread.sleep(2);
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void more(int count) {
      int from = sent.get();
      Bench.await(count + " more datagrams", () -> sent.get() >= from + count);
    }

    /** Stops, and reads all answers. */
    int answersInOrder() throws Exception {
      close();
      for (int i = 0; i < sent.get(); i++) {
        String answer = new String(client.receive(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(name + ":n" + i, answer, "in order, from the same real server");
      }
      assertTrue(client.silence(), "none twice");
      return sent.get();
    }

    @Override
    public void close() throws InterruptedException {
      stop.set(true);
      thread.join();
    }
  }

  private static long counted(Wire wire, int cell) {
    return Ledger.sum(
        Objects.requireNonNull(wire.ledger().get("web")).get(), Contract.SERVICE_ROW, cell);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void newVersionTakesTheFlowsOfDatagramsAndNoneIsLost(Transport transport) throws Exception {
    assumeTrue(transport.available(), () -> transport + " is not available on this machine");
    Framework framework = framework(transport);
    InetSocketAddress address = Bench.freeAddress();
    List<Numbers> flows = new ArrayList<>();
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b")) {
      TestDecider decider = new TestDecider(a.address(), b.address());
      Bundle one = start(framework, "1.0.0");
      wire(one).decideBy(decider);
      wire(one).apply(List.of(datagrams(address, a, b)));
      Bench.await("listening", () -> "".equals(wire(one).listening().get("web")));
      for (int i = 0; i < 6; i++) {
        flows.add(new Numbers(address));
      }
      flows.getFirst().more(50);
      List<Object> clients = column(one, "client");
      List<Object> ids = column(one, "id");
      Bundle two = start(framework, "2.0.0");
      assertNotEquals(service(one).getClass(), service(two).getClass(), "two class loaders");
      wire(two).decideBy(decider);
      flows.getFirst().more(50);
      assertEquals(0, listed(one), "all flows went at once");
      assertEquals(clients, column(two, "client"));
      assertEquals(ids, column(two, "id"), "they are the same flows");
      Bench.await("drained", () -> (Boolean) reference(one).getProperty(Contract.DRAINED));
      one.uninstall();
      flows.getFirst().more(50);

      Bundle back = start(framework, "1.0.1");
      wire(back).decideBy(decider);
      Bench.await("drained", () -> (Boolean) reference(two).getProperty(Contract.DRAINED));
      two.uninstall();
      flows.getFirst().more(50);
      try (Numbers late = new Numbers(address)) {
        late.more(10);
        flows.add(late);
      }
      int sent = 0;
      for (Numbers flow : flows) {
        sent += 1 + flow.answersInOrder();
      }
      long all = sent;
      Bench.await("counted", () -> counted(wire(back), Contract.PACKETS_OUT) == all);
      assertEquals(all, counted(wire(back), Contract.PACKETS_IN));
      assertEquals(0, counted(wire(back), Contract.PACKETS_DROPPED));
      assertEquals(7, counted(wire(back), Contract.CONNS_TOTAL));
      assertEquals(7, counted(wire(back), Contract.CONNS_HELD));
      assertEquals(7, a.peers.size() + b.peers.size(), "one socket a flow, all the time");
    } finally {
      for (Numbers flow : flows) {
        flow.close();
        flow.client.close();
      }
      framework.stop();
      framework.waitForStop(10_000);
    }
  }

  private static List<Object> column(Bundle bundle, String name) {
    return wire(bundle).connections(Map.of(), 1_000).stream()
        .<Object>map(c -> c.get(name))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void stoppedWireGivesTheSocketsBackToTheOneThatIsStillThere(Transport transport)
      throws Exception {
    assumeTrue(transport.available(), () -> transport + " is not available on this machine");
    Framework framework = framework(transport);
    InetSocketAddress address = Bench.freeAddress();
    try (TestServer server = TestServer.echo()) {
      TestDecider decider = new TestDecider(server.address());
      Bundle one = start(framework, "1.0.0");
      wire(one).decideBy(decider);
      wire(one).apply(List.of(service(address, server.address())));
      Bench.await("listening", () -> "".equals(wire(one).listening().get("web")));
      try (Socket held = new Socket(address.getAddress(), address.getPort())) {
        echo(held);
        Bundle two = start(framework, "2.0.0");
        long generation = (Long) reference(two).getProperty(Contract.GENERATION);
        two.stop();
        try (Stream8 stream = new Stream8(address)) {
          stream.more(100);
          stream.close();
          assertEquals(List.of(), stream.failures);
        }
        echo(held);
        Bench.await(
            "newest again",
            () -> (Long) reference(one).getProperty(Contract.GENERATION) > generation);
        assertTrue(total(wire(one)) >= 101);
      }
    } finally {
      framework.stop();
      framework.waitForStop(10_000);
    }
  }

  private static int listed(Bundle bundle) {
    return wire(bundle).connections(Map.of(), 1_000).size();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
