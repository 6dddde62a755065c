package org.strowger.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.linux.Tried.frame;
import static org.strowger.linux.Tried.room;
import static org.strowger.linux.Tried.wide;
import static org.strowger.linux.Tried.word;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfMap.Mode;
import org.strowger.api.BpfObject;
import org.strowger.api.BpfProgram;
import org.strowger.api.BpfProgramStatistics;
import org.strowger.api.BpfRing;
import org.strowger.api.BpfSource;
import org.strowger.api.BpfTestRun;
import org.strowger.api.KernelException;
import org.strowger.api.Subscription;

/** Loading programs into this machine's kernel, and running them on packets without a network. */
class ProgramsTest {
  private final KernelBpf bpf = new KernelBpf();

  @BeforeEach
  void assume() {
    Tried.assume();
  }

  private static BpfSource with(
      Map<String, Integer> sizes,
      Map<String, BpfMap> reuse,
      Map<String, Long> constants,
      Set<String> programs)
      throws Exception {
    return new BpfSource("tried", Tried.source().elf(), sizes, reuse, constants, programs);
  }

  @Test
  void anObjectHasItsMapsAndPrograms() throws Exception {
    try (BpfObject object = bpf.load(Tried.source())) {
      assertEquals(
          Set.of("count_and_pass", "count_and_drop", "tell", "same_length", "shorten"),
          object.programs().keySet());
      assertTrue(object.maps().keySet().containsAll(Set.of("hash", "events", ".rodata", ".bss")));
      BpfProgram program = object.program("shorten");
      assertEquals("shorten", program.name());
      assertEquals(KernelProgram.EXPRESS_DATA_PATH, program.type());
      assertTrue(program.tag().matches("[0-9a-f]{16}"), program.tag());
      var none = assertThrows(IllegalArgumentException.class, () -> object.map("hush"));
      assertTrue(none.getMessage().startsWith("object 'tried' has no map 'hush'; it has ["));
    }
  }

  @Test
  void sizesConstantsAndProgramsAreChosen() throws Exception {
    BpfSource source =
        with(
            Map.of("hash", 77),
            Map.of(),
            Map.of("step", 1000L, "answer", 42L),
            Set.of("count_and_pass", "same_length"));
    try (BpfObject object = bpf.load(source)) {
      assertEquals(77, object.map("hash").maxEntries());
      assertEquals(Set.of("count_and_pass", "same_length"), object.programs().keySet());
      object.program("count_and_pass").testRun(frame(64), 3);
      assertEquals(3000, sum(object.map("counts"), 0));
      ByteBuffer context = room(192).putInt(8, 5); // mark
      BpfTestRun run = object.program("same_length").testRun(frame(64), context, 1);
      assertEquals(47, run.returnCode());
      assertEquals(5, run.context().getInt(8));
    }
  }

  private static long sum(BpfMap map, int at) throws KernelException {
    ByteBuffer values = room(map.cpus() * map.stride());
    assertTrue(map.lookup(word(at), values));
    long sum = 0;
    for (int i = 0; i < map.cpus(); i++) {
      sum += values.getInt(i * map.stride());
    }
    return sum;
  }

  @Test
  void whatIsNotThereIsRefusedByName() throws Exception {
    assertRefused(with(Map.of("hush", 1), Map.of(), Map.of(), Set.of()), "it has no map 'hush'");
    assertRefused(
        with(Map.of(), Map.of(), Map.of("stride", 1L), Set.of()), "it has no variable 'stride'");
    assertRefused(
        with(Map.of(), Map.of(), Map.of("sequence", 1L), Set.of()),
        "variable 'sequence' is not constant");
    assertRefused(
        with(Map.of(), Map.of(), Map.of("step", 65536L), Set.of()),
        "constant 'step' has 2 bytes, which do not hold 65536");
    assertRefused(with(Map.of(), Map.of(), Map.of(), Set.of("sing")), "it has no program 'sing'");
    ByteBuffer text = ByteBuffer.wrap("no object".repeat(20).getBytes(StandardCharsets.UTF_8));
    assertRefused(BpfSource.of("text", text), "cannot load BPF object 'text': it is no BPF object");
  }

  private void assertRefused(BpfSource source, String why) throws Exception {
    long before = Tried.descriptors();
    var refused = assertThrows(KernelException.class, () -> bpf.load(source).close());
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
    Tried.awaitNoMoreThan(before);
  }

  @Test
  void aProgramThatTheVerifierRefusesComesWithItsWords() throws Exception {
    var refused =
        assertThrows(KernelException.class, () -> bpf.load(Tried.source("-DREFUSED")).close());
    assertTrue(refused.getMessage().contains("map_value_or_null"), refused.getMessage());
    assertTrue(refused.getMessage().contains("reaches_too_far"), refused.getMessage());
  }

  @Test
  void aMapIsGivenToTheNextObject() throws Exception {
    BpfObject first = bpf.load(Tried.source());
    first.map("hash").update(word(1), wide(11), Mode.ANY);
    BpfSource next = with(Map.of(), Map.of("hash", first.map("hash")), Map.of(), Set.of());
    try (BpfObject second = bpf.load(next)) {
      assertEquals(first.map("hash").id(), second.map("hash").id());
      assertFalse(first.map("plain").id() == second.map("plain").id());
      first.close();
      ByteBuffer value = room(8);
      assertTrue(second.map("hash").lookup(word(1), value));
      assertEquals(11, value.getLong(0));
      assertRefused(
          with(Map.of(), Map.of("hash", second.map("plain")), Map.of(), Set.of()),
          "map 'hash' cannot be the given one");
    }
  }

  @Test
  void aRunShowsCodePacketAndTime() throws Exception {
    try (BpfObject object = bpf.load(Tried.source())) {
      BpfTestRun run = object.program("same_length").testRun(frame(100), 1000);
      assertEquals(100, run.returnCode());
      ByteBuffer changed = frame(60).put(0, (byte) 9);
      BpfTestRun shortened = object.program("shorten").testRun(changed, 1);
      assertEquals(2, shortened.returnCode(), "XDP_PASS");
      assertEquals(10, shortened.packet().get(0));
      assertEquals(60, shortened.packet().remaining());
      assertTrue(run.nanos() >= 0 && run.nanos() < 1_000_000, "nanos: " + run.nanos());
      var tooShort =
          assertThrows(
              KernelException.class,
              () -> object.program("shorten").testRun(frame(14).limit(3), 1));
      assertTrue(
          tooShort.getMessage().startsWith("cannot run program 'shorten' on a packet of 3 bytes"));
    }
  }

  @Test
  void runsAreCountedWhileMeasuring() throws Exception {
    try (BpfObject object = bpf.load(Tried.source());
        Subscription _ = bpf.measure()) {
      BpfProgram program = object.program("count_and_pass");
      BpfProgramStatistics before = program.statistics();
      assertTrue(before.instructions() > 5, before.toString());
      program.testRun(frame(64), 10);
      BpfProgramStatistics after = program.statistics();
      assertEquals(before.runs() + 10, after.runs());
      assertTrue(after.runNanos() > before.runNanos());
    }
  }

  @Test
  void aHundredThousandEventsArriveInOrderEachOnce() throws Exception {
    try (BpfObject object = bpf.load(Tried.source());
        BpfRing ring = object.map("events").ring()) {
      BpfProgram tell = object.program("tell");
      Reader reader = new Reader();
      Thread teller = Thread.ofPlatform().start(() -> tell(tell, ring));
      while (reader.last < 99_999 && ring.await(Duration.ofSeconds(20))) {
        ring.read(reader::take, 1000);
      }
      teller.join();
      assertEquals(0, ring.read(reader::take, 10), "the last event was discarded");
      assertEquals("", reader.wrong);
      assertEquals(100_000 - 100, reader.taken);
      assertEquals(0, ring.backlogBytes());
      assertFalse(ring.await(Duration.ofMillis(1)));
      ByteBuffer globals = room(object.map(".bss").valueSize());
      assertTrue(object.map(".bss").lookup(word(0), globals));
      assertEquals(0, Math.min(globals.getLong(0), globals.getLong(8)), "dropped");
    }
  }

  /** 12,500 runs of 8 events, as long as there is room: what is full would drop. */
  private static void tell(BpfProgram program, BpfRing ring) {
    try {
      for (int i = 0; i < 12_500; i += 100) {
        while (ring.backlogBytes() > ring.sizeBytes() / 2) {
          Thread.sleep(1);
        }
        program.testRun(frame(64), 100);
      }
    } catch (KernelException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Reader {
    private long taken;
    private long last;
    private String wrong = "";

    void take(ByteBuffer event) {
      long number = event.getLong(event.position());
      if (event.remaining() != 24
          || event.getLong(event.position() + 8) != ~number
          || number <= last
          || number > last + 2) {
        wrong = "after " + last + ": " + number + ", " + event;
      }
      last = number;
      taken++;
    }
  }

  @Test
  void aReaderThatThrowsHasReadAndAClosedRingIsNotRead() throws Exception {
    try (BpfObject object = bpf.load(Tried.source())) {
      BpfRing ring = object.map("events").ring();
      object.program("tell").testRun(frame(64), 1);
      assertThrows(
          IllegalArgumentException.class,
          () ->
              ring.read(
                  _ -> {
                    throw new IllegalArgumentException("stumbles");
                  },
                  10));
      assertEquals(7, ring.read(_ -> {}, 10));
      ring.close();
      ring.close();
      assertFalse(ring.await(Duration.ofSeconds(20)));
      assertThrows(IllegalStateException.class, () -> ring.read(_ -> {}, 1));
      var none = assertThrows(KernelException.class, () -> object.map("hash").ring());
      assertTrue(none.getMessage().contains("BPF_MAP_TYPE_RINGBUF"), none.getMessage());
    }
  }

  @Test
  void nothingIsLeftOpen() throws Exception {
    everything();
    long before = Tried.descriptors();
    for (int i = 0; i < 20; i++) {
      everything();
    }
    Tried.awaitNoMoreThan(before);
  }

  private void everything() throws Exception {
    try (BpfObject object = bpf.load(Tried.source());
        BpfRing _ = object.map("events").ring();
        BpfMap _ = object.map("hash").duplicate();
        Subscription _ = bpf.measure()) {
      object.map("slots").memory().put(0, (byte) 1);
      object.map("slots").forEach((_, _) -> true);
    }
  }
}
