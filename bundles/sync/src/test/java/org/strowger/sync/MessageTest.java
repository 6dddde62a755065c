package org.strowger.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages on the wire: between releases, and damaged. */
class MessageTest {
  private static final int OF_A_LATER_RELEASE = 200;

  private static byte[] sample() {
    return Message.of(Message.TELL, 42)
        .with(Message.PLANE, "bpf")
        .with(Message.NUMBER, 7)
        .with(
            List.of(
                new Message.Entry(new byte[] {1, 2}, Optional.of(new byte[] {3})),
                new Message.Entry(new byte[] {4}, Optional.empty())))
        .octets();
  }

  @Test
  void whatIsWrittenIsRead() {
    Message read = Message.read(sample()).orElseThrow();
    assertEquals(Message.TELL, read.kind());
    assertEquals(42, read.session());
    assertEquals("bpf", read.text(Message.PLANE));
    assertEquals(7, read.number(Message.NUMBER));
    List<Message.Entry> entries = read.entries().orElseThrow();
    assertEquals(2, entries.size());
    assertArrayEquals(new byte[] {1, 2}, entries.getFirst().key());
    assertArrayEquals(new byte[] {3}, entries.getFirst().value().orElseThrow());
    assertTrue(entries.getLast().value().isEmpty(), "it ended");
  }

  @Test
  void theReleaseBeforePassesOverWhatItDoesNotKnow() {
    byte[] later =
        Message.read(sample()).orElseThrow().with(OF_A_LATER_RELEASE, "something new").octets();
    later[0] = 9; // written by a much later release, which says that release 1 can read it
    Message read = Message.read(later).orElseThrow();
    assertEquals(2, read.entries().orElseThrow().size());
    assertEquals(7, read.number(Message.NUMBER));
  }

  @Test
  void whatALaterReleaseCannotBeReadWithIsRefused() {
    byte[] later = sample();
    later[1] = 2; // only release 2 can read it
    assertEquals(Optional.empty(), Message.read(later));
  }

  @Test
  void whatIsDamagedIsRefusedAndNothingIsThrown() {
    Random random = new Random(1);
    byte[] whole = sample();
    for (int length = 0; length < whole.length; length++) {
      Message.read(Arrays.copyOf(whole, length)).ifPresent(Message::entries);
    }
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = whole.clone();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Message.read(damaged).ifPresent(Message::entries);
    }
    assertEquals(Optional.empty(), Message.read(new byte[0]));
    assertEquals(Optional.empty(), Message.read(new byte[Message.MOST + 1]));
  }
}
