package org.strowger.api;

import java.io.IOException;

/**
 * The kernel refused something. The message is one sentence that names operation, object and value,
 * and what to do where that is known; nothing was changed unless the method says otherwise.
 */
public final class KernelException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String sentence;
  private final int errno;

  /**
   * @param errno the kernel's number (include/uapi/asm-generic/errno.h); 0 if it had none
   */
  public KernelException(String sentence, int errno) {
    super(sentence);
    this.sentence = sentence;
    this.errno = errno;
  }

  /** The message. */
  public String sentence() {
    return sentence;
  }

  /** The kernel's number of the error, positive; 0 if there was none. */
  public int errno() {
    return errno;
  }
}
