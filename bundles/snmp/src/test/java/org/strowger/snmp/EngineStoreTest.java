package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineStoreTest {
  @TempDir Path state;

  private Path file() {
    return state.resolve("snmp").resolve("engine");
  }

  @Test
  void eachStartCountsOneBootOfTheSameEngine() throws IOException {
    Engine first = new EngineStore(state).start("lab-1");
    Engine second = new EngineStore(state).start("renamed");
    assertEquals(first.id(), second.id());
    assertEquals(first.boots() + 1, second.boots());
    assertTrue(first.id().toHexString(' ').startsWith("80 00 7e d9 05"), first.id().toString());
    assertEquals(17, first.id().length());
  }

  @Test
  void countIsOnDiskBeforeTheEngineIsHandedOut() throws IOException {
    Engine engine = new EngineStore(state).start("lab-1");
    assertTrue(Files.readString(file()).endsWith(" " + engine.boots() + "\n"));
  }

  @Test
  void wipedStateGivesTheSameEngineAndNoSmallerCount() throws IOException {
    Engine before = new EngineStore(state).start("lab-1");
    Files.delete(file());
    Engine after = new EngineStore(state).start("lab-1");
    assertEquals(before.id(), after.id());
    assertTrue(after.boots() >= before.boots(), after.boots() + " < " + before.boots());
  }

  @Test
  void directorsOnOneMachineHaveDifferentEngines() throws IOException {
    Engine one = new EngineStore(state.resolve("one")).start("lab-1");
    Engine two = new EngineStore(state.resolve("two")).start("lab-1");
    assertNotEquals(one.id(), two.id());
  }

  @Test
  void damagedRecordIsPutAsideAndTheCountDoesNotGoBack() throws IOException {
    Engine before = new EngineStore(state).start("lab-1");
    for (String damage : new String[] {"", "xyz", "80007ed905 -1", "80007ed905 99999999999"}) {
      Files.writeString(file(), damage);
      Engine after = new EngineStore(state).start("lab-1");
      assertEquals(before.id(), after.id());
      assertTrue(after.boots() >= before.boots());
      assertEquals(damage, Files.readString(file().resolveSibling("engine.damaged")));
    }
  }

  @Test
  void usedUpCountGetsANewEngine() throws IOException {
    Engine before = new EngineStore(state).start("lab-1");
    String id = before.id().toHexString().replace(":", "");
    Files.writeString(file(), id + " " + Integer.MAX_VALUE + "\n");
    Engine after = new EngineStore(state).start("lab-1");
    assertNotEquals(before.id(), after.id());
    assertEquals(1, after.boots());
  }

  @Test
  void withoutDurableCountThereIsNoEngine() throws IOException {
    Files.writeString(state.resolve("snmp"), "a file where the folder should be");
    assertThrows(IOException.class, () -> new EngineStore(state).start("lab-1"));
  }
}
