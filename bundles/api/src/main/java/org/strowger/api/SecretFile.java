package org.strowger.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * A passphrase or password: the first line of a file that only its owner may read. No secret is in
 * the configuration, and none is shipped. Any thread.
 */
public final class SecretFile {
  /** Longest file, in bytes. */
  public static final int MAX_BYTES = 4_096;

  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private SecretFile() {}

  /**
   * The secret.
   *
   * @param folder the state folder, which a relative path starts from
   * @param shortest characters it must have, 1 or more
   * @throws IOException with one sentence that names the file, if there is none, if others may read
   *     or write it, or if it is too long or its first line too short
   */
  public static String read(Path folder, Path file, int shortest) throws IOException {
    Path path = folder.resolve(file);
    if (!Files.isRegularFile(path)) {
      throw new IOException("there is no file " + path);
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    if (!OWNER.containsAll(permissions)) {
      throw new IOException(
          "%s is %s: make it readable by its owner only (rw-------)"
              .formatted(path, PosixFilePermissions.toString(permissions)));
    }
    if (Files.size(path) > MAX_BYTES) {
      throw new IOException(path + " is longer than " + MAX_BYTES + " bytes");
    }
    try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      String line = Objects.requireNonNullElse(reader.readLine(), "");
      if (line.length() < shortest) {
        throw new IOException(
            "the first line of %s has %d characters, %d are needed"
                .formatted(path, line.length(), shortest));
      }
      return line;
    }
  }
}
