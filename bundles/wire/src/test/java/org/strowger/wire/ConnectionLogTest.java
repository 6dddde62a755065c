package org.strowger.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** The log of connections, where a virtual service asks for it. */
@Timeout(60)
@SuppressWarnings("try") // closing is what is tested
class ConnectionLogTest {
  /** Keeps what is logged. */
  private static final class Kept extends AppenderBase<ILoggingEvent> {
    final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent line) {
      lines.add(line);
    }
  }

  private final Logger logger = (Logger) LoggerFactory.getLogger("strowger.connections");
  private final Kept kept = new Kept();

  @BeforeEach
  void keep() {
    kept.start();
    logger.addAppender(kept);
    logger.setLevel(Level.DEBUG);
    logger.setAdditive(false);
  }

  @AfterEach
  void forget() {
    logger.detachAppender(kept);
    logger.setLevel(null);
    logger.setAdditive(true);
  }

  private List<Map<String, String>> lines(String message) {
    return kept.lines.stream()
        .filter(line -> line.getMessage().equals(message))
        .map(
            line ->
                line.getKeyValuePairs().stream()
                    .collect(Collectors.toMap(p -> p.key, p -> String.valueOf(p.value))))
        .toList();
  }

  private static Bench bench(TestServer server, int sample, int rate) {
    Bench bench = new Bench(Transport.NIO, new TestDecider(server.address()));
    bench.keys.put(Contract.LOG_SAMPLE, sample);
    bench.keys.put(Contract.LOG_RATE, rate);
    bench.wire.decideBy(bench.decider);
    bench.serve();
    return bench;
  }

  private static void shortOnes(Bench bench, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      try (Socket client = bench.client()) {
        client.getOutputStream().write(new byte[] {1, 2, 3});
        assertEquals(3, client.getInputStream().readNBytes(3).length);
      }
    }
    bench.awaitNothingLeft();
  }

  @Test
  void startAndEndSayWhoAndHowMuchAndWhy() throws Exception {
    try (TestServer server = TestServer.echo();
        Bench bench = bench(server, 1, 100)) {
      shortOnes(bench, 1);
      Map<String, String> start = lines("connection accepted").getFirst();
      Map<String, String> end = lines("connection ended").getFirst();
      assertEquals(start.get("id"), end.get("id"));
      assertEquals("web", end.get("service"));
      assertEquals("p/a", end.get("real"));
      assertEquals("3", end.get("bytesIn"));
      assertEquals("3", end.get("bytesOut"));
      assertEquals("accepted", end.get("verdict"));
      assertEquals("clientClosed", end.get("end"));
      assertTrue(String.valueOf(end.get("client")).startsWith("127.0.0.1:"));
      assertTrue(Long.parseLong(end.getOrDefault("durationMillis", "-1")) >= 0);
    }
  }

  @Test
  void refusedAndCutOnesSayWhy() throws Exception {
    try (TestServer server = TestServer.echo();
        Bench bench = bench(server, 1, 100)) {
      Socket cut = bench.client();
      cut.getOutputStream().write(1);
      assertEquals(1, cut.getInputStream().read());
      bench.wire.disconnect(Map.of(Contract.END, "drained"));
      bench.decider.reals.clear();
      assertThrows(SocketException.class, () -> refused(bench));
      Bench.await("logged", () -> lines("connection ended").size() == 2);
      assertEquals("drained", lines("connection ended").get(0).get("end"));
      assertEquals("refused", lines("connection ended").get(1).get("end"));
      assertEquals("noRealServer", lines("connection ended").get(1).get("verdict"));
    }
  }

  private static void refused(Bench bench) throws Exception {
    try (Socket socket = bench.client()) {
      socket.getInputStream().read();
    }
  }

  @Test
  void offByDefault() throws Exception {
    try (TestServer server = TestServer.echo();
        Bench bench = Bench.of(Transport.NIO, server.address())) {
      shortOnes(bench, 5);
      assertEquals(List.of(), kept.lines);
    }
  }

  @Test
  void everyThirdOneWithItsStartAndItsEnd() throws Exception {
    try (TestServer server = TestServer.echo();
        Bench bench = bench(server, 3, 1_000)) {
      shortOnes(bench, 30);
      assertEquals(10, lines("connection accepted").size());
      assertEquals(
          lines("connection accepted").stream().map(line -> line.get("id")).sorted().toList(),
          lines("connection ended").stream().map(line -> line.get("id")).sorted().toList());
    }
  }

  @Test
  void linesBeyondTheRateAreCounted() throws Exception {
    logger.setLevel(Level.INFO);
    try (TestServer server = TestServer.echo();
        Bench bench = bench(server, 1, 1)) {
      shortOnes(bench, 200);
      assertEquals(200, lines("connection ended").size() + bench.count(Contract.LOG_SUPPRESSED));
      assertTrue(bench.count(Contract.LOG_SUPPRESSED) > 0);
    }
  }

  @Test
  void bucketHoldsOneSecondsLines() {
    ConnectionLog bucket = new ConnectionLog();
    long now = System.nanoTime() + 1_000_000_000L;
    for (int i = 0; i < 10; i++) {
      assertTrue(bucket.take(10, now), "line " + i);
    }
    assertFalse(bucket.take(10, now));
    assertTrue(bucket.take(10, now + 100_000_000L), "a tenth of a second later one more");
    assertFalse(bucket.take(10, now + 100_000_000L));
  }
}
