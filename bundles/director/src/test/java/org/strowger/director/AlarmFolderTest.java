package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmType;
import org.strowger.api.Severity;

/** The alarms on the disk: whole after whatever happened while they were written. */
class AlarmFolderTest {
  private static final Instant NOW = Instant.parse("2026-11-23T03:00:00Z");

  @TempDir Path folder;

  /** What a test ends a process with, at a step. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** A writer of two alarms a round: what is on the disk must be whole rounds. */
  static final class Writer {
    private final AlarmFolder disk;
    private AlarmLines.State state;

    Writer(AlarmFolder disk) {
      this.disk = disk;
      this.state = disk.load();
    }

    AlarmLines.State state() {
      return state;
    }

    void round() throws IOException {
      List<AlarmRecord> records = new ArrayList<>();
      List<Alarm> active = new ArrayList<>(state.active());
      List<AlarmRecord> history = new ArrayList<>(state.history());
      long sequence = state.sequence();
      long index = state.lastIndex();
      for (int i = 0; i < 2; i++) {
        sequence++;
        index++;
        Alarm alarm =
            Alarm.raised(
                index,
                AlarmType.REAL_DOWN,
                "pool=web,real=r" + index,
                Severity.MINOR,
                "tab\there, line\nthere, back\\slash, " + "ü".repeat(3),
                NOW,
                sequence);
        active.add(alarm);
        records.add(new AlarmRecord(sequence, AlarmRecord.Kind.RAISE, alarm, NOW, true));
      }
      while (active.size() > 10) {
        Alarm gone = active.removeFirst();
        records.add(new AlarmRecord(sequence, AlarmRecord.Kind.CLEAR, gone, NOW, true));
      }
      history.addAll(records);
      while (history.size() > 50) {
        history.removeFirst();
      }
      AlarmLines.State next =
          new AlarmLines.State(sequence, sequence, index, 0, NOW, active, history);
      List<String> lines = new ArrayList<>();
      records.forEach(record -> lines.add(AlarmLines.record(AlarmLines.RECORD, record)));
      lines.add(AlarmLines.sequence(sequence, 0));
      disk.write(lines, next);
      state = next;
    }
  }

  private AlarmLines.State reopened() {
    return new AlarmFolder(folder).load();
  }

  @Test
  void whatWasWrittenIsThereAfterARestart() throws IOException {
    Writer writer = new Writer(new AlarmFolder(folder));
    assertEquals(AlarmLines.State.EMPTY, writer.state());
    for (int i = 0; i < 20; i++) {
      writer.round();
    }
    AlarmLines.State read = reopened();
    assertEquals(writer.state().active(), read.active());
    assertEquals(40, read.sequence());
    assertEquals(40, read.lastIndex());
    List<AlarmRecord> history = writer.state().history();
    assertEquals(
        history, read.history().subList(read.history().size() - 50, read.history().size()));
  }

  @Test
  void theFolderIsTheOwnersAndBounded() throws IOException {
    Writer writer = new Writer(new AlarmFolder(folder.resolve("alarms")));
    for (int i = 0; i < 3 * AlarmFolder.MAX_STEPS / 4; i++) {
      writer.round();
    }
    try (Stream<Path> files = Files.list(folder.resolve("alarms"))) {
      List<Path> all = files.toList();
      assertTrue(all.size() <= 2, all::toString);
      for (Path each : all) {
        assertEquals(
            "rw-------",
            java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(each)));
        assertTrue(Files.size(each) < 4 << 20, each + " has " + Files.size(each));
      }
    }
  }

  @Test
  void aProcessKilledAtAnyStepLeavesTheOldOrTheNew() throws IOException {
    int rounds = Boolean.getBoolean("strowger.long") ? 100 : 10;
    for (int round = 0; round < rounds; round++) {
      for (int killedAt = 1; killedAt <= 9; killedAt++) {
        AlarmLines.State before = reopened();
        int[] left = {killedAt};
        Writer writer =
            new Writer(
                new AlarmFolder(
                    folder,
                    name -> {
                      if (--left[0] == 0) {
                        throw new Killed();
                      }
                    }));
        AlarmLines.State told = before;
        try {
          writer.round();
          told = writer.state();
          writer.round();
          told = writer.state();
        } catch (Killed end) {
          assertEquals(0, left[0]);
        }
        AlarmLines.State after = reopened();
        assertTrue(
            after.sequence() == told.sequence() || after.sequence() == told.sequence() + 2,
            "killed at step " + killedAt + ": " + told.sequence() + ", " + after.sequence());
        assertEquals(0, after.sequence() % 2, "half a round");
        assertEquals(
            after.sequence(), after.active().stream().mapToLong(Alarm::sequence).max().orElse(0));
        assertEquals(after.sequence(), after.lastIndex(), "never mixed");
      }
    }
  }

  @Test
  void aTornLastRoundIsLeftOutWithoutAWord() throws IOException {
    Writer writer = new Writer(new AlarmFolder(folder));
    writer.round();
    writer.round();
    Path file = folder.resolve("0000000001.log");
    byte[] whole = Files.readAllBytes(file);
    writer.round();
    byte[] more = Files.readAllBytes(file);
    for (int length = whole.length; length < more.length; length += 7) {
      Files.write(file, java.util.Arrays.copyOf(more, length));
      AlarmFolder disk = new AlarmFolder(folder);
      assertEquals(4, disk.load().sequence());
      assertEquals(List.of(), disk.damaged());
    }
  }

  @Test
  void aDamagedFileIsSetAsideSaidAndNoNumberIsUsedTwice() throws IOException {
    Writer writer = new Writer(new AlarmFolder(folder));
    for (int i = 0; i < 10; i++) {
      writer.round();
    }
    Path file = folder.resolve("0000000001.log");
    byte[] bytes = Files.readAllBytes(file);
    Random random = new Random(7);
    for (int i = 0; i < 40; i++) {
      byte[] flipped = bytes.clone();
      flipped[random.nextInt(bytes.length - 1)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);
      AlarmFolder disk = new AlarmFolder(folder);
      AlarmLines.State read = disk.load();
      assertTrue(read.sequence() > 20, "a number that was told already would be used again");
      assertEquals(1, disk.damaged().size());
      Files.delete(disk.damaged().getFirst());
    }
  }

  @Test
  void theFileBeforeIsTakenWhenTheNewestHasNoBeginning() throws IOException {
    Writer writer = new Writer(new AlarmFolder(folder));
    writer.round();
    writer = new Writer(new AlarmFolder(folder)); // begins the second file
    writer.round();
    Files.writeString(folder.resolve("0000000002.log"), "nothing of this is true\n");
    AlarmLines.State read = reopened();
    assertEquals(2, read.active().size());
    assertEquals(2 + AlarmFolder.JUMP, read.sequence());
  }

  @Test
  void whatCannotBeWrittenIsWrittenWholeLater() throws IOException {
    AlarmFolder disk =
        new AlarmFolder(
            folder,
            name -> {
              if (Files.exists(folder.resolve("full")) && name.equals("force")) {
                throw new IOException("No space left on device");
              }
            });
    Writer writer = new Writer(disk);
    writer.round();
    Files.createFile(folder.resolve("full"));
    assertThrows(IOException.class, writer::round);
    Files.delete(folder.resolve("full"));
    writer.round();
    assertEquals(writer.state().active(), reopened().active());
    assertTrue(Files.exists(folder.resolve("0000000002.log")));
    assertFalse(Files.exists(folder.resolve("next.tmp")));
  }

  /** A process of its own that writes until it is killed, and says what it told. */
  static final class Endless {
    private Endless() {}

    public static void main(String[] arguments) throws IOException {
      Writer writer = new Writer(new AlarmFolder(Path.of(arguments[0])));
      while (true) {
        writer.round();
        System.out.println(writer.state().sequence());
      }
    }
  }

  @Test
  void whatWasToldBeforeKillNineIsOnTheDisk() throws Exception {
    int kills = Boolean.getBoolean("strowger.long") ? 100 : 3;
    for (int i = 0; i < kills; i++) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Endless.class.getName(),
                  folder.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      long told = 0;
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
        for (int line = 0; line < 50 + 13 * i; line++) {
          told = Long.parseLong(output.readLine());
        }
        assertTrue(process.toHandle().destroyForcibly());
        for (String rest = output.readLine(); rest != null; rest = output.readLine()) {
          told = rest.matches("\\d+") ? Math.max(told, Long.parseLong(rest)) : told;
        }
      }
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      AlarmFolder disk = new AlarmFolder(folder);
      AlarmLines.State read = disk.load();
      assertTrue(read.sequence() >= told, read.sequence() + " after " + told);
      assertEquals(read.sequence(), read.active().getLast().sequence());
      assertEquals(List.of(), disk.damaged());
    }
  }
}
