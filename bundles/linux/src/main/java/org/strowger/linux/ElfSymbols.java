package org.strowger.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variables of an ELF object file of 64 bits, as far as {@link ObjectLoader} sets them
 * (elf(5)). libbpf knows them too, but offers only whole sections.
 */
final class ElfSymbols {
  private static final int SECTION_TABLE = 0x28;
  private static final int SECTION_ENTRY_SIZE = 0x3a;
  private static final int SYMBOLS = 2; // SHT_SYMTAB
  private static final int SYMBOL_BYTES = 24;
  private static final int OBJECT = 1; // STT_OBJECT

  /** A variable: where it lies in which section, and its bytes. */
  record Variable(String section, int offset, int bytes) {}

  private record Section(int name, int type, int offset, int size, int link) {}

  private final ByteBuffer elf;

  private ElfSymbols(ByteBuffer elf) {
    this.elf = elf;
  }

  /**
   * All variables by name.
   *
   * @throws IllegalArgumentException if it is no such file
   */
  static Map<String, Variable> of(ByteBuffer elf) {
    ByteBuffer file = elf.slice();
    boolean fits = file.remaining() > 64 && file.getInt(0) == 0x7f454c46 && file.get(4) == 2;
    if (!fits) {
      throw new IllegalArgumentException("it is no ELF object file of 64 bits");
    }
    file.order(file.get(5) == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    try {
      return new ElfSymbols(file).variables();
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("it is a damaged ELF object file", e);
    }
  }

  private Map<String, Variable> variables() {
    Map<String, Variable> found = new LinkedHashMap<>();
    int sections = elf.getShort(SECTION_ENTRY_SIZE + 2);
    int names = section(elf.getShort(SECTION_ENTRY_SIZE + 4)).offset;
    for (int i = 0; i < sections; i++) {
      Section section = section(i);
      if (section.type == SYMBOLS) {
        int texts = section(section.link).offset;
        for (int at = 0; at < section.size; at += SYMBOL_BYTES) {
          int symbol = section.offset + at;
          int in = elf.getShort(symbol + 6);
          if ((elf.get(symbol + 4) & 0xf) == OBJECT && in > 0 && in < sections) {
            found.put(
                text(texts + elf.getInt(symbol)),
                new Variable(
                    text(names + section(in).name),
                    (int) elf.getLong(symbol + 8),
                    (int) elf.getLong(symbol + 16)));
          }
        }
      }
    }
    return found;
  }

  private Section section(int index) {
    int at = (int) elf.getLong(SECTION_TABLE) + index * elf.getShort(SECTION_ENTRY_SIZE);
    return new Section(
        elf.getInt(at),
        elf.getInt(at + 4),
        (int) elf.getLong(at + 0x18),
        (int) elf.getLong(at + 0x20),
        elf.getInt(at + 0x28));
  }

  private String text(int from) {
    int end = from;
    while (elf.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - from];
    elf.get(from, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
