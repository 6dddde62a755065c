package org.strowger.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.linux.Tried.room;
import static org.strowger.linux.Tried.wide;
import static org.strowger.linux.Tried.word;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfMap.Mode;
import org.strowger.api.BpfMap.Stored;
import org.strowger.api.BpfObject;
import org.strowger.api.KernelException;

/** Maps of this machine's kernel. */
class MapsTest {
  private final KernelBpf bpf = new KernelBpf();
  private BpfObject object;

  @BeforeEach
  void load() throws Exception {
    Tried.assume();
    object = bpf.load(Tried.source());
  }

  @AfterEach
  void close() {
    if (object != null) {
      object.close();
    }
  }

  @Test
  void anEntryIsWrittenReadAndDeleted() throws Exception {
    BpfMap map = object.map("hash");
    ByteBuffer value = room(8);
    assertFalse(map.lookup(word(7), value));
    assertEquals(Stored.MISSING, map.update(word(7), wide(70), Mode.EXISTING));
    assertEquals(Stored.STORED, map.update(word(7), wide(70), Mode.NEW));
    assertEquals(Stored.EXISTS, map.update(word(7), wide(71), Mode.NEW));
    assertTrue(map.lookup(word(7), value));
    assertEquals(70, value.getLong(0));
    assertEquals(Stored.STORED, map.update(word(7), wide(72), Mode.EXISTING));
    assertTrue(map.lookupAndDelete(word(7), value));
    assertEquals(72, value.getLong(0));
    assertFalse(map.delete(word(7)));
    assertEquals(Stored.STORED, map.update(word(7), wide(73), Mode.ANY));
    assertTrue(map.delete(word(7)));
  }

  @Test
  void buffersAreUsedFromTheirPositionAndLeftAsTheyAre() throws Exception {
    BpfMap map = object.map("hash");
    ByteBuffer key = ByteBuffer.allocateDirect(12).order(ByteOrder.nativeOrder());
    key.putInt(4, 9).position(4);
    ByteBuffer value = room(24).putLong(8, 90).position(8);
    assertEquals(Stored.STORED, map.update(key, value, Mode.ANY));
    value.putLong(8, 0);
    assertTrue(map.lookup(key, value));
    assertEquals(90, value.getLong(8));
    assertEquals(0, value.getLong(0));
    assertEquals(0, value.getLong(16));
    assertEquals(4, key.position());
    assertEquals(8, value.position());
  }

  @Test
  void aKeyOrValueThatIsTooShortIsRefusedByName() {
    BpfMap map = object.map("hash");
    var key = assertThrows(IllegalArgumentException.class, () -> map.delete(room(3)));
    assertEquals("key of map 'hash': 3 bytes instead of 4", key.getMessage());
    var value = assertThrows(IllegalArgumentException.class, () -> map.lookup(word(1), room(7)));
    assertEquals("value of map 'hash': 7 bytes instead of 8", value.getMessage());
  }

  @Test
  void aFullMapSaysSoAndAnArraysEndIsAFault() throws Exception {
    BpfMap map = object.map("spread");
    ByteBuffer value = room(map.cpus() * map.stride());
    int stored = 0;
    while (map.update(word(stored), value, Mode.ANY).equals(Stored.STORED)) {
      stored++;
    }
    assertEquals(100, stored);
    var beyond =
        assertThrows(
            KernelException.class, () -> object.map("plain").update(word(4), wide(1), Mode.ANY));
    assertTrue(
        beyond.getMessage().startsWith("cannot write entry 4 of map 'plain' with 4 entries"));
    assertEquals(7, beyond.errno());
  }

  @Test
  void aMapWithAValueForEachCpuShowsThemAll() throws Exception {
    BpfMap map = object.map("counts");
    assertEquals(bpf.possibleCpus(), map.cpus());
    assertEquals(4, map.valueSize());
    assertEquals(8, map.stride());
    ByteBuffer values = room(map.cpus() * map.stride());
    for (int i = 0; i < map.cpus(); i++) {
      values.putInt(i * map.stride(), 100 + i);
    }
    assertEquals(Stored.STORED, map.update(word(2), values, Mode.ANY));
    ByteBuffer read = room(map.cpus() * map.stride());
    assertTrue(map.lookup(word(2), read));
    for (int i = 0; i < map.cpus(); i++) {
      assertEquals(100 + i, read.getInt(i * map.stride()));
    }
  }

  /** 10,000 entries take three calls; the longest prefix match and the ring know no batches. */
  @ParameterizedTest
  @CsvSource({"hash, 10000", "recent, 300", "spread, 100", "prefixes, 90"})
  void allEntriesAreWrittenShownAndDeleted(String name, int count) throws Exception {
    BpfMap map = object.map(name);
    int valueBytes = map.cpus() * map.stride();
    ByteBuffer keys = room(count * map.keySize());
    ByteBuffer values = room(count * valueBytes);
    for (int i = 0; i < count; i++) {
      keys.putInt(i * map.keySize(), name.equals("prefixes") ? 32 : i);
      keys.putInt((i + 1) * map.keySize() - 4, i);
      values.putInt(i * valueBytes, i * 3);
    }
    assertEquals(count, map.updateAll(keys, values, count));
    Set<Integer> seen = new HashSet<>();
    long shown =
        map.forEach(
            (key, value) -> {
              int number = key.getInt(map.keySize() - 4);
              assertEquals(number * 3, value.getInt(0));
              assertTrue(seen.add(number), "twice: " + number);
              return true;
            });
    assertEquals(count, shown);
    assertEquals(count, seen.size());
    assertEquals(5, map.forEach((_, _) -> seen.add(-seen.size()) && seen.size() < count + 5));
    assertTrue(map.delete(keys.slice(0, map.keySize()).order(ByteOrder.nativeOrder())));
    assertEquals(count - 1, map.deleteAll(keys, count));
    assertEquals(0, map.forEach((_, _) -> true));
  }

  @Test
  void aBatchThatDoesNotFitSaysHowMuchOfItDid() throws Exception {
    BpfMap map = object.map("hash");
    ByteBuffer keys = room(4 * 10_100);
    for (int i = 0; i < 10_100; i++) {
      keys.putInt(4 * i, i);
    }
    assertEquals(10_000, map.updateAll(keys, room(8 * 10_100), 10_100));
  }

  @Test
  void theVisitorMayChangeTheMap() throws Exception {
    BpfMap map = object.map("hash");
    for (int i = 0; i < 100; i++) {
      map.update(word(i), wide(i), Mode.ANY);
    }
    long shown =
        map.forEach(
            (key, _) -> {
              try {
                return map.delete(key);
              } catch (KernelException e) {
                throw new IllegalStateException(e);
              }
            });
    assertEquals(100, shown);
    assertFalse(map.nextKey(room(0), room(4)));
  }

  @Test
  void keysAreWalked() throws Exception {
    BpfMap map = object.map("hash");
    for (int i = 0; i < 50; i++) {
      map.update(word(i), wide(i), Mode.ANY);
    }
    Set<Integer> seen = new HashSet<>();
    ByteBuffer key = room(4);
    boolean more = map.nextKey(room(0), key);
    while (more) {
      assertTrue(seen.add(key.getInt(0)));
      more = map.nextKey(key, key);
    }
    assertEquals(50, seen.size());
  }

  @Test
  void theLongestPrefixIsFound() throws Exception {
    BpfMap map = object.map("prefixes");
    map.update(prefix(8, 10, 0, 0, 0), word(8), Mode.ANY);
    map.update(prefix(16, 10, 1, 0, 0), word(16), Mode.ANY);
    ByteBuffer value = room(4);
    assertTrue(map.lookup(prefix(32, 10, 1, 2, 3), value));
    assertEquals(16, value.getInt(0));
    assertTrue(map.lookup(prefix(32, 10, 2, 2, 3), value));
    assertEquals(8, value.getInt(0));
    assertFalse(map.lookup(prefix(32, 11, 2, 2, 3), value));
  }

  private static ByteBuffer prefix(int length, int... address) {
    ByteBuffer key = room(8).putInt(0, length);
    for (int i = 0; i < 4; i++) {
      key.put(4 + i, (byte) address[i]);
    }
    return key;
  }

  @Test
  void theMemoryOfAnArrayIsSharedAndEndsWithTheMap() throws Exception {
    BpfMap map = object.map("slots");
    ByteBuffer memory = map.memory();
    assertEquals(8 * 5000, memory.capacity());
    memory.putInt(8 * 4999, 12345);
    ByteBuffer value = room(4);
    assertTrue(map.lookup(word(4999), value));
    assertEquals(12345, value.getInt(0));
    map.update(word(3), word(33), Mode.ANY);
    assertEquals(33, memory.getInt(8 * 3));
    map.close();
    assertThrows(IllegalStateException.class, () -> memory.getInt(0));
    var why = assertThrows(KernelException.class, () -> object.map("plain").memory());
    assertTrue(why.getMessage().contains("BPF_F_MMAPABLE"), why.getMessage());
  }

  @Test
  void aClosedMapIsNotUsedAndMayBeClosedAgain() throws Exception {
    BpfMap map = object.map("hash");
    BpfMap other = map.duplicate();
    map.close();
    map.close();
    var used = assertThrows(IllegalStateException.class, () -> map.delete(word(1)));
    assertEquals("map 'hash' is used after it was closed", used.getMessage());
    assertEquals(Stored.STORED, other.update(word(1), wide(1), Mode.ANY));
    other.close();
  }

  @Test
  void manyThreadsShareOneMap() throws Exception {
    BpfMap map = object.map("hash");
    Set<Thread> threads = new HashSet<>();
    Set<String> wrong = java.util.concurrent.ConcurrentHashMap.newKeySet();
    for (int t = 0; t < 8; t++) {
      int first = t * 1000;
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    ByteBuffer key = room(4);
                    ByteBuffer value = room(8);
                    try {
                      for (int i = first; i < first + 1000; i++) {
                        map.update(key.putInt(0, i), value.putLong(0, i * 7L), Mode.ANY);
                        if (!map.lookup(key, value) || value.getLong(0) != i * 7L) {
                          wrong.add("entry " + i + ": " + value.getLong(0));
                        }
                      }
                    } catch (KernelException e) {
                      wrong.add(e.toString());
                    }
                  }));
    }
    for (Thread each : threads) {
      each.join();
    }
    assertEquals(Set.of(), wrong);
    assertEquals(8000, map.forEach((_, _) -> true));
  }
}
