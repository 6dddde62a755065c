package org.strowger.api;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;

/**
 * A compiled BPF object and how to load it. Naming a map, constant or program that the object does
 * not have is an error.
 *
 * @param name for messages
 * @param elf the object file that clang made; read from its position to its limit, left as it is
 * @param maxEntries maps that get another size than they were compiled with
 * @param reuse maps that are not made but given: kind, key size, value size and flags must agree
 * @param constants values of {@code const volatile} variables of 1, 2, 4 or 8 bytes, by name
 * @param programs those to load; empty: all
 */
public record BpfSource(
    String name,
    ByteBuffer elf,
    Map<String, Integer> maxEntries,
    Map<String, BpfMap> reuse,
    Map<String, Long> constants,
    Set<String> programs) {
  public BpfSource {
    elf = elf.asReadOnlyBuffer();
    maxEntries = Map.copyOf(maxEntries);
    reuse = Map.copyOf(reuse);
    constants = Map.copyOf(constants);
    programs = Set.copyOf(programs);
  }

  /** An object as it was compiled. */
  public static BpfSource of(String name, ByteBuffer elf) {
    return new BpfSource(name, elf, Map.of(), Map.of(), Map.of(), Set.of());
  }

  /** A buffer of its own for each call: position and limit are nobody else's. */
  @Override
  public ByteBuffer elf() {
    return elf.duplicate();
  }
}
