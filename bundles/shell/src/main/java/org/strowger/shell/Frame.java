package org.strowger.shell;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client sends, once for each connection, after it has read the greeting ({@code STRW} and
 * one byte {@link #VERSION}): four bytes length of the rest; one byte kind; one byte flags (1 =
 * JSON); the working directory; two bytes number of words; the words. Texts are four bytes length
 * and UTF-8. All numbers big-endian.
 *
 * @param directory the client's working directory, absolute
 * @param words for {@link #EXECUTE} the command and its arguments, for {@link #COMPLETE} the words
 *     up to the cursor, the last one typed only in part
 */
record Frame(int kind, boolean json, String directory, List<String> words) {
  static final byte[] MAGIC = {'S', 'T', 'R', 'W'};

  /** Version of the protocol, in the greeting. */
  static final int VERSION = 1;

  /** In place of the version: too many sessions, try again. */
  static final int FULL = 0;

  static final int EXECUTE = 1;
  static final int COMPLETE = 2;

  /** Longest request, in bytes. */
  static final int SIZE_LIMIT = 64 * 1024;

  /** Words in a request. */
  static final int WORD_LIMIT = 64;

  Frame {
    words = List.copyOf(words);
  }

  /** Reads a request; an IOException says what is wrong with it. */
  static Frame read(DataInputStream in) throws IOException {
    int size = in.readInt();
    if (size < 0 || size > SIZE_LIMIT) {
      throw new IOException("a request of " + size + " bytes; at most " + SIZE_LIMIT);
    }
    byte[] body = new byte[size];
    in.readFully(body);
    DataInputStream parts = new DataInputStream(new ByteArrayInputStream(body));
    int kind = parts.readUnsignedByte();
    int flags = parts.readUnsignedByte();
    if (kind != EXECUTE && kind != COMPLETE) {
      throw new IOException("a request of kind " + kind);
    }
    String directory = text(parts);
    int count = parts.readUnsignedShort();
    if (count > WORD_LIMIT) {
      throw new IOException("a request of " + count + " words; at most " + WORD_LIMIT);
    }
    List<String> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      words.add(text(parts));
    }
    return new Frame(kind, (flags & 1) != 0, directory, words);
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a text of " + length + " bytes in a shorter request");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("a text that is no UTF-8", e);
    }
  }
}
