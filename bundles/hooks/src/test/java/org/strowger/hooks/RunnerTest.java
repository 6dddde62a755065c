package org.strowger.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Hook;
import org.strowger.api.HookCall;
import org.strowger.api.HookEvent;
import org.strowger.api.HookRunner;
import org.strowger.api.HookState;

/** Hooks run as real programs and against a real web server. */
class RunnerTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @TempDir Path folder;
  private Runner runner;
  private final AtomicInteger changes = new AtomicInteger();

  @BeforeEach
  void start() {
    runner = new Runner(InstantSource.system(), new Acts(folder), Duration.ofMillis(50));
    runner.apply(Set.of("one", "two"), changes::incrementAndGet);
  }

  @AfterEach
  void stop() {
    runner.close();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited 30 s in vain");
      Thread.sleep(5);
    }
  }

  private HookState state(String name) {
    return Objects.requireNonNull(runner.report().get(name));
  }

  private static Hook hook(String name, Hook.Action action, Duration timeout, int retries) {
    return new Hook(name, Set.of(HookEvent.REAL_DOWN), action, timeout, retries);
  }

  private static HookCall call(Hook hook, String text) {
    return new HookCall(
        hook,
        HookEvent.REAL_DOWN,
        Instant.now(),
        Map.of("event", "realDown", "realServer", "web/a", "text", text));
  }

  /** A program of the test, writable by its owner only. */
  private Hook.Action script(String... lines) throws IOException {
    Path program = Files.createTempFile(folder, "hook", ".sh");
    Files.writeString(program, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Hook.Action.Script(List.of(program.toString(), "argument"));
  }

  @Test
  void aProgramIsToldTheFactsInItsEnvironmentAndOnItsInput() throws Exception {
    Path told = folder.resolve("told");
    Hook.Action action =
        script(
            "{ echo \"$1 $STROWGER_EVENT $STROWGER_REAL_SERVER $STROWGER_TEXT\"; cat; } > " + told,
            "echo well done");
    runner.run(call(hook("one", action, Duration.ofSeconds(20), 0), "say \"no\""));
    await(() -> state("one").runs() == 1);
    assertEquals("exit code 0: well done", state("one").lastText());
    assertFalse(state("one").failing());
    List<String> lines = Files.readAllLines(told);
    assertEquals("argument realDown web/a say \"no\"", lines.getFirst());
    assertTrue(lines.get(1).contains("\"text\":\"say \\\"no\\\"\""), lines.get(1));
  }

  @Test
  void aProgramThatFailsIsTriedAgainAndSaidUntilOneRunIsGood() throws Exception {
    Path tries = folder.resolve("tries");
    Hook failing =
        hook("one", script("echo x >> " + tries, "echo it is broken", "exit 3"), s(20), 2);
    runner.run(call(failing, ""));
    await(() -> state("one").runs() == 1);
    assertEquals(3, Files.readAllLines(tries).size());
    assertEquals("exit code 3: it is broken", state("one").lastText());
    assertTrue(state("one").failing());
    await(() -> changes.get() == 1);
    runner.run(call(hook("one", script("exit 0"), s(20), 0), ""));
    await(() -> state("one").runs() == 2);
    assertFalse(state("one").failing());
    assertEquals(1, state("one").failures());
  }

  private static Duration s(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void aProgramThatHangsIsKilledWithWhatItStartedAndHoldsUpNoOtherHook() throws Exception {
    Path pid = folder.resolve("pid");
    Hook.Action hangs = script("sleep 600 &", "echo $! > " + pid, "wait");
    runner.run(call(hook("one", hangs, s(120), 0), ""));
    await(() -> Files.exists(pid) && pid.toFile().length() > 1);
    runner.run(call(hook("two", script("exit 0"), s(20), 0), ""));
    await(() -> state("two").runs() == 1);
    assertEquals(0, state("one").runs(), "it hangs still");
    runner.close();
    long child = Long.parseLong(Files.readString(pid).strip());
    await(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void aProgramThatTakesTooLongIsAFailureThatSaysSo() throws Exception {
    runner.run(call(hook("one", script("sleep 600"), Duration.ofMillis(200), 0), ""));
    await(() -> state("one").runs() == 1);
    assertEquals("killed after 200 ms: no output", state("one").lastText());
    assertEquals(1, state("one").timeouts());
  }

  @Test
  void aProgramThatOthersMayWriteIsNotRun() throws Exception {
    Hook.Action action = script("exit 0");
    Path program = Path.of(((Hook.Action.Script) action).command().getFirst());
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxrwxr-x"));
    runner.run(call(hook("one", action, s(20), 0), ""));
    await(() -> state("one").runs() == 1);
    assertTrue(state("one").lastText().endsWith("may be written by others than its owner"));
  }

  @Test
  void theCallsOfOneHookRunInOrder() throws Exception {
    Path order = folder.resolve("order");
    Hook hook = hook("one", script("echo $STROWGER_TEXT >> " + order), s(20), 0);
    for (int i = 0; i < 20; i++) {
      runner.run(call(hook, String.valueOf(i)));
    }
    await(() -> state("one").runs() == 20);
    List<String> lines = Files.readAllLines(order);
    for (int i = 0; i < 20; i++) {
      assertEquals(String.valueOf(i), lines.get(i));
    }
  }

  @Test
  void ofTooManyCallsTheOldestAreDroppedAndCountedUntilTheLineIsEmptyAgain() throws Exception {
    Path go = folder.resolve("go");
    Hook hook = hook("one", script("while [ ! -e " + go + " ]; do sleep 0.05; done"), s(100), 0);
    runner.run(call(hook, "first"));
    await(() -> state("one").waiting() == 0);
    for (int i = 0; i < HookRunner.MAX_WAITING + 10; i++) {
      runner.run(call(hook, String.valueOf(i)));
    }
    assertEquals(HookRunner.MAX_WAITING, state("one").waiting());
    assertEquals(10, state("one").dropped());
    assertTrue(state("one").overflowing());
    List<HookCall> back = runner.takeBack();
    assertEquals(HookRunner.MAX_WAITING, back.size());
    assertEquals("10", back.getFirst().facts().get("text"), "the oldest that was kept");
    Files.createFile(go);
    await(() -> !state("one").overflowing());
  }

  @Test
  void aWebServerIsPostedTheFactsWithItsToken() throws Exception {
    List<String> bodies = new CopyOnWriteArrayList<>();
    HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
    server.createContext(
        "/hook",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          bodies.add(exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
          exchange.sendResponseHeaders(body.contains("refuse") ? 503 : 204, -1);
          exchange.close();
        });
    server.start();
    try {
      Path token = Files.writeString(folder.resolve("token"), "secret\n");
      Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
      URI url = uri(server.getAddress().getPort());
      Hook hook =
          hook("one", new Hook.Action.Webhook(url, Optional.of(Path.of("token"))), s(20), 0);
      runner.run(call(hook, "plain"));
      await(() -> state("one").runs() == 1);
      assertEquals("status 204", state("one").lastText());
      assertTrue(bodies.getFirst().startsWith("Bearer secret {"), bodies.getFirst());
      assertTrue(bodies.getFirst().contains("\"realServer\":\"web/a\""), bodies.getFirst());
      runner.run(call(hook, "refuse"));
      await(() -> state("one").runs() == 2);
      assertEquals("status 503", state("one").lastText());
      assertTrue(state("one").failing());
    } finally {
      server.stop(0);
    }
  }

  private static URI uri(int port) {
    return URI.create("http://" + LOOPBACK.getHostAddress() + ":" + port + "/hook");
  }

  @Test
  void aTokenThatOthersMayReadIsNotSent() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "secret\n");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
    Hook.Action action = new Hook.Action.Webhook(uri(9), Optional.of(Path.of("token")));
    runner.run(call(hook("one", action, s(20), 0), ""));
    await(() -> state("one").runs() == 1);
    assertTrue(
        state("one").lastText().endsWith("make it readable by its owner only (rw-------)"),
        state("one").lastText());
  }

  @Test
  void aWebServerThatTakesTheConnectionAndSaysNothingIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 16, LOOPBACK)) {
      Hook.Action action = new Hook.Action.Webhook(uri(silent.getLocalPort()), Optional.empty());
      runner.run(call(hook("one", action, Duration.ofMillis(300), 0), ""));
      await(() -> state("one").runs() == 1);
      assertTrue(state("one").failing());
      assertEquals(1, state("one").failures());
    }
  }

  @Test
  void aWebServerThatIsNotThereIsAFailureInWords() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 16, LOOPBACK)) {
      port = gone.getLocalPort();
    }
    Hook.Action action = new Hook.Action.Webhook(uri(port), Optional.empty());
    runner.run(call(hook("one", action, s(20), 0), ""));
    await(() -> state("one").runs() == 1);
    assertTrue(state("one").lastText().startsWith("cannot be posted: "), state("one").lastText());
  }

  @Test
  void whatWaitsForAHookThatIsNoLongerWantedIsForgotten() throws Exception {
    runner.apply(Set.of("two"), changes::incrementAndGet);
    runner.run(call(hook("one", script("exit 0"), s(20), 0), ""));
    assertEquals(Set.of("two"), runner.report().keySet());
    assertEquals(List.of(), runner.takeBack());
  }
}
