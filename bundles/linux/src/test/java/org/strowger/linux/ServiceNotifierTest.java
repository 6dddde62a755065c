package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.KernelException;
import org.strowger.testkit.FakeDirector;

/** What the supervisor of the process hears. */
@Timeout(60)
class ServiceNotifierTest {
  private static final long WATCHDOG = 60_000_000;

  private final List<String> heard = new ArrayList<>();
  private final FakeDirector director = new FakeDirector("a", "b");
  private long nanos = 1_000;
  private boolean deaf;

  private final ServiceNotifier notifier =
      new ServiceNotifier(
          lines -> {
            if (deaf) {
              throw new KernelException("nobody is there", Errno.ENOENT);
            }
            heard.addAll(lines.lines().toList());
          },
          WATCHDOG,
          () -> nanos);

  private List<String> look() {
    heard.clear();
    notifier.look();
    return List.copyOf(heard);
  }

  @Test
  void readyIsWhenThereIsADirectorAndOnce() {
    assertEquals(List.of("WATCHDOG=1", "STATUS=starting"), look());
    notifier.directorCame(director);

    List<String> first = look();

    assertEquals(List.of("WATCHDOG=1", "READY=1", "WATCHDOG_USEC=60000000"), first.subList(0, 3));
    assertTrue(first.get(3).startsWith("STATUS=revision "), first::toString);
    assertTrue(first.get(3).contains("1 of 1 virtual services are up"), first::toString);
    assertEquals(List.of("WATCHDOG=1"), look(), "what did not change is not told again");
  }

  @Test
  void whoseThreadDoesNotComeBackIsNotCalledAlive() {
    notifier.directorCame(director);
    look();
    director.hang(ServiceNotifier.PATIENCE.plusSeconds(1));

    assertEquals(
        List.of("STATUS=its thread has been at one piece of work for 31 s"), look(), "not fed");
    director.hang(Duration.ZERO);
    assertTrue(look().contains("WATCHDOG=1"), "it came back in time");
  }

  @Test
  void aDirectorThatIsExchangedHasItsTime() {
    FakeDirector next = new FakeDirector("a");
    notifier.directorCame(director);
    look();
    notifier.directorCame(next); // the successor comes first
    notifier.directorLeft(director);
    assertTrue(look().getFirst().equals("WATCHDOG=1"));

    notifier.directorLeft(next);
    assertEquals(List.of("WATCHDOG=1", "STATUS=the director is being exchanged"), look());
    nanos += ServiceNotifier.ABSENCE.toNanos() + 1;
    assertEquals(List.of("STATUS=there has been no director for 120 s"), look());
    notifier.directorCame(director);
    assertTrue(look().contains("WATCHDOG=1"));
  }

  @Test
  void whatASupervisorDidNotHearIsToldAgain() {
    notifier.directorCame(director);
    deaf = true;
    look();
    deaf = false;
    assertTrue(look().stream().anyMatch(line -> line.startsWith("STATUS=revision")));
  }

  @Test
  void anExchangeOfThisBundleDoesNotEndTheProcess() {
    notifier.start();
    notifier.leaving();
    assertEquals("WATCHDOG_USEC=600000000", heard.getLast());
    notifier.ending();
    assertEquals("STOPPING=1", heard.getLast());
  }

  @Test
  void theWatchdogOfAnotherProcessIsNotOurs() {
    Map<String, String> wanted = Map.of("WATCHDOG_USEC", "60000000", "WATCHDOG_PID", "42");
    assertEquals(60_000_000, ServiceNotifier.watchdogMicros(wanted, 42));
    assertEquals(0, ServiceNotifier.watchdogMicros(wanted, 43));
    assertEquals(5, ServiceNotifier.watchdogMicros(Map.of("WATCHDOG_USEC", "5"), 43));
    assertEquals(0, ServiceNotifier.watchdogMicros(Map.of("WATCHDOG_USEC", "often"), 43));
    assertEquals(0, ServiceNotifier.watchdogMicros(Map.of(), 43));
  }

  @Test
  void aRealSocketHears(@TempDir Path folder) throws Exception {
    for (String name :
        List.of(folder.resolve("notify").toString(), "@strowger-test-" + System.nanoTime())) {
      try (Arena arena = Arena.ofConfined();
          Descriptor ear =
              new Descriptor(SystemCall.SOCKET.make(NotifySocket.AF_UNIX, NotifySocket.KIND, 0));
          NotifySocket mouth = new NotifySocket(name)) {
        assertThrows(KernelException.class, () -> mouth.send("READY=1\n"), "nobody listens yet");
        MemorySegment address = NotifySocket.address(arena, name);
        long bound = SystemCall.BIND.make(ear.number(), address.address(), address.byteSize());
        assertEquals(0, bound, name);

        mouth.send("READY=1\nSTATUS=all is well\n");

        MemorySegment room = arena.allocate(256);
        long length = SystemCall.READ.make(ear.number(), room.address(), 256);
        byte[] text = room.asSlice(0, length).toArray(JAVA_BYTE);
        assertEquals(
            "READY=1\nSTATUS=all is well\n", new String(text, StandardCharsets.UTF_8), name);
      }
    }
    assertThrows(KernelException.class, () -> new NotifySocket("relative"));
    assertThrows(KernelException.class, () -> new NotifySocket("/" + "x".repeat(107)));
  }
}
