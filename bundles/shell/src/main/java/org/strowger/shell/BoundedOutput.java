package org.strowger.shell;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps what a command prints, up to a limit. One thread. */
final class BoundedOutput extends OutputStream {
  /** Longest answer, in bytes. */
  static final int LIMIT = 16 * 1024 * 1024;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private boolean overflowed;

  @Override
  public void write(int one) {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (kept.size() + length > LIMIT) {
      overflowed = true;
    } else {
      kept.write(bytes, offset, length);
    }
  }

  boolean overflowed() {
    return overflowed;
  }

  String text() {
    return kept.toString(StandardCharsets.UTF_8);
  }
}
