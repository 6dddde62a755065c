package org.strowger.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;
import org.strowger.api.RealServerId;

final class TcpCheckTest {
  @Test
  void whoAcceptsPasses() throws Exception {
    try (Server server = Server.silent()) {
      assertTrue(Lab.look("tcp", Map.of(), server.port()).passed());
      assertTrue(Lab.look("tcp", Map.of("reset", true), server.port()).passed());
    }
  }

  @Test
  void whoRefusesFailsWithThatWord() throws Exception {
    try (Socket bound = new Socket()) { // bound but not listening: nobody else can get the port
      bound.bind(new InetSocketAddress(Lab.HERE, 0));
      CheckResult result = Lab.look("tcp", Map.of(), bound.getLocalPort());
      assertFalse(result.passed());
      assertEquals("connection refused while connecting", result.text());
    }
  }

  @Test
  void aSourceThatIsNotOursIsNoVerdictOnTheRealServer() throws Exception {
    try (Server server = Server.silent()) {
      CheckTarget target =
          new CheckTarget(
              new RealServerId("web", "a"),
              Lab.HERE,
              server.port(),
              Optional.of(InetAddress.ofLiteral("192.0.2.77")),
              1,
              Lab.PATIENCE);
      IllegalStateException fault =
          assertThrows(IllegalStateException.class, () -> Lab.look("tcp", Map.of(), target));
      assertTrue(fault.getMessage().contains("the director cannot look"), fault.getMessage());
    }
  }

  @Test
  void aLookWithoutAPortIsNoVerdictEither() {
    IllegalStateException fault =
        assertThrows(IllegalStateException.class, () -> Lab.look("tcp", Map.of(), 0));
    assertTrue(fault.getMessage().contains("needs a port"), fault.getMessage());
  }

  @Test
  void anInterruptEndsALookAndClosesItsConnection() throws Exception {
    try (Server server = Server.silent()) {
      Check check = Lab.provider("smtp").create(Map.of());
      CompletableFuture<String> end = new CompletableFuture<>();
      Thread looking =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      check.run(Lab.target(server.port(), Duration.ofHours(1)));
                      end.complete("a result");
                    } catch (InterruptedException interrupted) {
                      end.complete("interrupted");
                    }
                  });
      await(() -> server.open() == 1);
      looking.interrupt();
      assertEquals("interrupted", end.get(20, TimeUnit.SECONDS));
      await(() -> server.open() == 0);
    }
  }

  private static void await(java.util.function.BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, "not within 20 s");
      Thread.sleep(10);
    }
  }
}
