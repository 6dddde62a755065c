package org.strowger.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {
  @Test
  void everyUploadedByteIsCountedByTheSink() throws Exception {
    try (Sink sink = Sink.listen("127.0.0.1", 0)) {
      Upload.Outcome outcome =
          Upload.run(List.of(new Target("127.0.0.1", sink.port())), 3, Duration.ofMillis(300));
      assertTrue(outcome.bytes() > 0);
      assertEquals(0, outcome.lost());
      assertEquals(0, outcome.failed());
    }
  }

  @Test
  void heldConnectionsAreCountedAndTheCutOnesToo() throws Exception {
    LoadGenerator generator = new LoadGenerator();
    try (SlowServer server = new SlowServer(0)) {
      assertEquals("20", ask(generator, "hold " + server.target() + " 20"));
      assertEquals("0", ask(generator, "cut"));
      assertEquals("5", ask(generator, "hold " + server.target() + " 5"));
      assertEquals("0", ask(generator, "hold " + server.target() + " 0"));
    }
  }

  @Test
  void aCommandThatFailsSaysWhy() {
    LoadGenerator generator = new LoadGenerator();
    assertTrue(ask(generator, "hold 127.0.0.1:1 3").startsWith("error"));
    assertTrue(ask(generator, "sing").contains("sing"));
  }

  private static String ask(LoadGenerator generator, String command) {
    return generator.answer(command.split(" "));
  }
}
