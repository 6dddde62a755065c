package org.strowger.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.strowger.wire.Bench.settles;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How the client's address is told and taken, on every transport that this machine has. */
@Timeout(120)
@SuppressWarnings("try") // closing is what is tested
class ClientAddressTest {
  private static void available(Transport transport) {
    assumeTrue(transport.available(), () -> transport + " is not available on this machine");
  }

  private static Bench bench(Transport transport, Map<String, Object> more, TestServer... servers) {
    Bench bench =
        new Bench(
            transport,
            new TestDecider(
                java.util.Arrays.stream(servers)
                    .map(TestServer::address)
                    .toArray(InetSocketAddress[]::new)));
    bench.wire.decideBy(bench.decider);
    serve(bench, more);
    return bench;
  }

  private static void serve(Bench bench, Map<String, Object> more) {
    Map<String, Object> service = new HashMap<>(bench.service("web", bench.address));
    service.putAll(more);
    bench.wire.apply(List.of(service));
    Bench.await("listening", () -> "".equals(bench.wire.listening().get("web")));
  }

  private static Map<String, Object> trusting(String prefix, int bits) {
    return Map.of(Contract.PROXY_FROM, List.of(Map.entry(InetAddress.ofLiteral(prefix), bits)));
  }

  private static Map<String, Object> trusting(String prefix, int bits, int send) {
    Map<String, Object> both = new HashMap<>(trusting(prefix, bits));
    both.put(Contract.SEND_PROXY, send);
    return both;
  }

  /** A real server that keeps all that was said to it, until the end. */
  private static TestServer keeping(CompletableFuture<String> all) {
    return new TestServer(
        socket -> {
          all.complete(new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
          socket.close();
        });
  }

  private static String line(Socket client, InetSocketAddress to) {
    return "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.getLocalPort() + " " + to.getPort() + "\r\n";
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void textHeaderComesBeforeWhatTheClientSays(Transport transport) throws Exception {
    available(transport);
    CompletableFuture<String> all = new CompletableFuture<>();
    try (TestServer server = keeping(all);
        Bench bench = bench(transport, Map.of(Contract.SEND_PROXY, 1), server);
        Socket client = bench.client()) {
      client.getOutputStream().write("hello".getBytes(ISO_8859_1));
      client.shutdownOutput();
      assertEquals(line(client, bench.address) + "hello", all.get(20, TimeUnit.SECONDS));
      settles(5, () -> bench.count(Contract.SERVICE_BYTES_IN), "the header is not the client's");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void binaryHeaderComesAtOnceWhereTheServerSpeaksFirst(Transport transport) throws Exception {
    available(transport);
    CompletableFuture<String> got = new CompletableFuture<>();
    try (TestServer server =
            new TestServer(
                socket -> {
                  got.complete(HexDump.of(socket.getInputStream().readNBytes(28)));
                  socket.getOutputStream().write("220 ready\r\n".getBytes(ISO_8859_1));
                  socket.close();
                });
        Bench bench = bench(transport, Map.of(Contract.SEND_PROXY, 2), server);
        Socket client = bench.client()) {
      assertEquals("220 ready\r\n", new String(client.getInputStream().readAllBytes(), ISO_8859_1));
      ByteBuf wanted =
          ProxyHeader.of(2, (InetSocketAddress) client.getLocalSocketAddress(), bench.address);
      assertEquals(ByteBufUtil.hexDump(wanted), got.get(20, TimeUnit.SECONDS));
    }
  }

  private static final class HexDump {
    static String of(byte[] bytes) {
      return java.util.HexFormat.of().formatHex(bytes);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void nextRealServerGetsTheHeaderToo(Transport transport) throws Exception {
    available(transport);
    CompletableFuture<String> all = new CompletableFuture<>();
    try (TestServer server = keeping(all);
        Bench bench =
            new Bench(transport, new TestDecider(TestServer.nobody(), server.address()))) {
      bench.wire.decideBy(bench.decider);
      serve(bench, Map.of(Contract.SEND_PROXY, 1));
      try (Socket client = bench.client()) {
        client.getOutputStream().write('x');
        client.shutdownOutput();
        assertEquals(line(client, bench.address) + "x", all.get(20, TimeUnit.SECONDS));
        assertEquals(List.of("p/a"), bench.decider.failed);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void headerOfATrustedSourceTellsTheClientAndIsSentOn(Transport transport) throws Exception {
    available(transport);
    CompletableFuture<String> all = new CompletableFuture<>();
    List<InetSocketAddress> clients = new CopyOnWriteArrayList<>();
    try (TestServer server = keeping(all);
        Bench bench = bench(transport, trusting("127.0.0.0", 8, 1), server)) {
      bench.wire.decideBy(new Telling(bench.decider, clients));
      try (Socket client = bench.client()) {
        client.setTcpNoDelay(true);
        String header = "PROXY TCP6 2001:db8::9 2001:db8::1 4711 443\r\n";
        for (byte each : header.getBytes(ISO_8859_1)) { // in the smallest pieces
          client.getOutputStream().write(each);
          Thread.sleep(1);
        }
        Bench.await("listed", () -> !clients.isEmpty());
        assertEquals(
            List.of(new InetSocketAddress(InetAddress.ofLiteral("2001:db8::9"), 4711)), clients);
        assertEquals(
            new InetSocketAddress(InetAddress.ofLiteral("2001:db8::9"), 4711),
            bench.wire.connections(Map.of(), 1).getFirst().get(Contract.CLIENT));
        client.getOutputStream().write("payload".getBytes(ISO_8859_1));
        client.shutdownOutput();
        assertEquals(
            "PROXY TCP6 2001:db8:0:0:0:0:0:9 2001:db8:0:0:0:0:0:1 4711 443\r\npayload",
            all.get(20, TimeUnit.SECONDS));
      }
    }
  }

  /** Asks another one, and keeps whom it was asked about. */
  public record Telling(TestDecider asked, List<InetSocketAddress> clients) implements Decider {
    @Override
    public Object choose(
        String service,
        InetSocketAddress client,
        InetSocketAddress destination,
        Set<String> tried,
        int attempt,
        BiConsumer<String, List<?>> bind) {
      clients.add(client);
      return asked.choose(service, client, destination, tried, attempt, bind);
    }

    @Override
    public void connectFailed(String service, String real, InetSocketAddress address, String why) {
      asked.connectFailed(service, real, address, why);
    }

    @Override
    public void listening(String service, String failure) {
      asked.listening(service, failure);
    }

    @Override
    public void shortage(String resource, String why) {
      asked.shortage(resource, why);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void payloadThatComesWithTheHeaderArrivesWhole(Transport transport) throws Exception {
    available(transport);
    CompletableFuture<String> all = new CompletableFuture<>();
    String payload = "0123456789".repeat(50_000);
    try (TestServer server = keeping(all);
        Bench bench = bench(transport, trusting("127.0.0.1", 32), server);
        Socket client = bench.client()) {
      ByteBuf header =
          ProxyHeader.of(
              2,
              new InetSocketAddress(InetAddress.ofLiteral("192.0.2.9"), 1),
              new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 2));
      String said = header.toString(ISO_8859_1) + payload;
      client.getOutputStream().write(said.getBytes(ISO_8859_1));
      client.shutdownOutput();
      assertEquals(payload, all.get(20, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void headerOfAnUntrustedSourceIsPayload(Transport transport) throws Exception {
    available(transport);
    CompletableFuture<String> all = new CompletableFuture<>();
    try (TestServer server = keeping(all);
        Bench bench = bench(transport, trusting("192.0.2.0", 24), server);
        Socket client = bench.client()) {
      String said = "PROXY TCP4 192.0.2.9 192.0.2.1 1 2\r\n";
      client.getOutputStream().write(said.getBytes(ISO_8859_1));
      client.shutdownOutput();
      assertEquals(said, all.get(20, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void trustedSourceWithoutAValidHeaderIsReset(Transport transport) throws Exception {
    available(transport);
    try (TestServer server = TestServer.echo();
        Bench bench = bench(transport, trusting("127.0.0.0", 8), server)) {
      try (Socket client = bench.client()) {
        client.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(ISO_8859_1));
        assertThrows(IOException.class, () -> client.getInputStream().read());
      }
      try (Socket client = bench.client()) {
        client.getOutputStream().write("PROXY TC".getBytes(ISO_8859_1));
        client.shutdownOutput();
        assertThrows(IOException.class, () -> client.getInputStream().read());
      }
      try (Socket client = bench.client()) { // says nothing, for longer than the deadline
        assertThrows(IOException.class, () -> client.getInputStream().read());
      }
      settles(3, () -> bench.verdicts(Contract.BAD_PROXY_HEADER));
      try (Socket knock = bench.client()) {
        assertTrue(knock.isConnected());
      }
      Bench.await("the knock is told apart", () -> bench.verdicts(Contract.CLIENT_GONE) == 1);
      assertEquals(0, bench.decider.asked.get(), "nobody was asked");
      assertEquals(0, server.accepted.size());
      Bench.await("table empty", () -> bench.wire.live() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void headerWithoutAddressLeavesTheSocketsOne(Transport transport) throws Exception {
    available(transport);
    CompletableFuture<String> all = new CompletableFuture<>();
    try (TestServer server = keeping(all);
        Bench bench = bench(transport, trusting("127.0.0.0", 8, 1), server);
        Socket client = bench.client()) {
      client.getOutputStream().write("PROXY UNKNOWN\r\nhi".getBytes(ISO_8859_1));
      client.shutdownOutput();
      assertEquals(line(client, bench.address) + "hi", all.get(20, TimeUnit.SECONDS));
    }
  }
}
