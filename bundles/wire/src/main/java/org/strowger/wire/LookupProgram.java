package org.strowger.wire;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The instructions of {@link Steering}, for the kernel's verifier. Instruction encoding:
 * Documentation/bpf/standardization/instruction-set.rst; the context is {@code struct
 * bpf_sk_lookup} of include/uapi/linux/bpf.h.
 */
final class LookupProgram {
  // Operation codes.
  private static final int LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
  private static final int STORE_WORD = 0x62; // BPF_ST | BPF_MEM | BPF_W
  private static final int LOAD_WIDE = 0x18; // BPF_LD | BPF_IMM | BPF_DW
  private static final int MOVE = 0xbf; // BPF_ALU64 | BPF_MOV | BPF_X
  private static final int MOVE_VALUE = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
  private static final int ADD_VALUE = 0x07; // BPF_ALU64 | BPF_ADD | BPF_K
  private static final int IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
  private static final int IF_OTHER_WORD = 0x56; // BPF_JMP32 | BPF_JNE | BPF_K
  private static final int IF_LESS_WORD = 0xa6; // BPF_JMP32 | BPF_JLT | BPF_K
  private static final int IF_GREATER_WORD = 0x26; // BPF_JMP32 | BPF_JGT | BPF_K
  private static final int CALL = 0x85;
  private static final int EXIT = 0x95;

  // Helpers of the kernel.
  private static final int MAP_LOOKUP = 1;
  private static final int SK_RELEASE = 86;
  private static final int SK_ASSIGN = 124;

  // Offsets in the context.
  private static final int FAMILY = 8;
  private static final int PROTOCOL = 12;
  private static final int LOCAL_IP4 = 40;
  private static final int LOCAL_IP6 = 44;
  private static final int LOCAL_PORT = 60; // in the byte order of the machine

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int PASS = 1;
  private static final int REPLACE = 1; // BPF_SK_LOOKUP_F_REPLACE
  private static final int MAP_DESCRIPTOR = 1; // BPF_PSEUDO_MAP_FD

  private record Instruction(int code, int to, int from, int offset, int value) {}

  private final List<Instruction> all = new ArrayList<>();

  /** Places of jumps to the end. */
  private final List<Integer> leaving = new ArrayList<>();

  private LookupProgram() {}

  /** The encoded program. */
  static byte[] of(int protocol, InetAddress address, int first, int last, int map) {
    LookupProgram program = new LookupProgram();
    program.compare(protocol, address, first, last);
    program.choose(map);
    return program.encoded();
  }

  private void compare(int protocol, InetAddress address, int first, int last) {
    add(MOVE, 6, 1, 0, 0);
    boolean four = address instanceof Inet4Address;
    leaveUnless(PROTOCOL, protocol);
    leaveUnless(FAMILY, four ? AF_INET : AF_INET6);
    ByteBuffer words = ByteBuffer.wrap(address.getAddress()).order(ByteOrder.nativeOrder());
    for (int at = four ? LOCAL_IP4 : LOCAL_IP6; words.hasRemaining(); at += Integer.BYTES) {
      leaveUnless(at, words.getInt()); // network byte order in memory, both here and there
    }
    add(LOAD_WORD, 2, 6, LOCAL_PORT, 0);
    leaveIf(IF_LESS_WORD, first);
    leaveIf(IF_GREATER_WORD, last);
  }

  /** The first socket of the map that is there; the kernel spreads over its group. */
  private void choose(int map) {
    add(STORE_WORD, 10, 0, -4, 0);
    add(MOVE, 2, 10, 0, 0);
    add(ADD_VALUE, 2, 0, 0, -4);
    add(LOAD_WIDE, 1, MAP_DESCRIPTOR, 0, map);
    add(0, 0, 0, 0, 0);
    add(CALL, 0, 0, 0, MAP_LOOKUP);
    leaving.add(all.size());
    add(IF_EQUAL, 0, 0, 0, 0);
    add(MOVE, 7, 0, 0, 0);
    add(MOVE, 1, 6, 0, 0);
    add(MOVE, 2, 7, 0, 0);
    add(MOVE_VALUE, 3, 0, 0, REPLACE);
    add(CALL, 0, 0, 0, SK_ASSIGN);
    add(MOVE, 1, 7, 0, 0);
    add(CALL, 0, 0, 0, SK_RELEASE);
  }

  private void leaveUnless(int offset, int value) {
    add(LOAD_WORD, 2, 6, offset, 0);
    leaveIf(IF_OTHER_WORD, value);
  }

  private void leaveIf(int condition, int value) {
    leaving.add(all.size());
    add(condition, 2, 0, 0, value);
  }

  private void add(int code, int to, int from, int offset, int value) {
    all.add(new Instruction(code, to, from, offset, value));
  }

  private byte[] encoded() {
    int end = all.size();
    add(MOVE_VALUE, 0, 0, 0, PASS);
    add(EXIT, 0, 0, 0, 0);
    ByteBuffer bytes = ByteBuffer.allocate(all.size() * 8).order(ByteOrder.nativeOrder());
    for (int i = 0; i < all.size(); i++) {
      Instruction each = all.get(i);
      int offset = leaving.contains(i) ? end - i - 1 : each.offset;
      boolean little = ByteOrder.nativeOrder().equals(ByteOrder.LITTLE_ENDIAN);
      int registers = little ? each.from << 4 | each.to : each.to << 4 | each.from;
      bytes.put((byte) each.code).put((byte) registers).putShort((short) offset).putInt(each.value);
    }
    return bytes.array();
  }
}
