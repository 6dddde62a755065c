package org.strowger.configfile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.strowger.api.KeyPath;
import org.strowger.api.Violation;

/** The operator's file as it lies on the disk at one moment. */
sealed interface SourceFile {
  /** There, and small enough. */
  // Compared by the digest, and handed on once, to be parsed.
  @SuppressWarnings("ArrayRecordComponent")
  record Present(byte[] bytes, String digest) implements SourceFile {}

  /** Not there at all. */
  record Missing(Violation violation) implements SourceFile {}

  /** There, and not readable as a file. */
  record Unreadable(Violation violation) implements SourceFile {}

  /** Reads the file once; a named pipe or device is not opened, for it could block. */
  static SourceFile load(Path file, Limits limits) {
    try {
      if (!Files.exists(file)) {
        return new Missing(violation(file, "", "a configuration file; there is none"));
      }
      if (!Files.isRegularFile(file)) {
        String what = Files.isDirectory(file) ? "a folder" : "no regular file";
        return new Unreadable(violation(file, "", "a configuration file; this is " + what));
      }
      byte[] bytes;
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(limits.bytes() + 1);
      }
      if (bytes.length > limits.bytes()) {
        String size = Files.size(file) + " bytes";
        return new Unreadable(violation(file, size, "at most " + limits.bytes() + " bytes"));
      }
      return new Present(bytes, Digest.of(bytes, 0));
    } catch (NoSuchFileException e) {
      return new Missing(violation(file, "", "a configuration file; there is none"));
    } catch (AccessDeniedException e) {
      String expected = "a file that the user " + System.getProperty("user.name") + " may read";
      return new Unreadable(violation(file, "", expected));
    } catch (IOException e) {
      return new Unreadable(violation(file, "", "a readable file: " + e.getMessage()));
    }
  }

  private static Violation violation(Path file, String value, String expected) {
    return new Violation(file.toString(), KeyPath.of(), value, expected);
  }
}
