package org.strowger.api;

import java.nio.file.Path;

/**
 * A key that adverts between directors of ours are signed with (HMAC-SHA-256, RFC 2104).
 *
 * @param id tells the others which key it is, 1 to 255, the same on all directors
 * @param secretFile file with the secret in its first line, readable by its owner only; relative to
 *     the state folder
 */
public record VrrpKey(String name, int id, Path secretFile) {
  /** Most keys of one director. */
  public static final int MAX_KEYS = 16;

  /** Characters a secret must have. */
  public static final int SHORTEST = 16;
}
