package org.strowger.checks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;

/**
 * What a file of this machine says: {@code up}, {@code down}, or a weight from 0 to 65535. Without
 * the file, {@code missing} says which of the two it is.
 */
final class FileCheck implements Check {
  /** Most bytes read of the file. */
  static final int MAX_FILE = 64;

  private final Optional<Path> file;
  private final boolean missingIsUp;

  FileCheck(Options options) {
    file = options.file("path");
    if (!options.has("path")) {
      options.refuse("path", "an absolute path of a file");
    }
    missingIsUp = options.word("missing", java.util.List.of("up", "down"), "down").equals("up");
  }

  @Override
  public CheckResult run(CheckTarget target) {
    Path path = file.orElseThrow();
    if (!Files.exists(path)) {
      String text = "there is no file " + path;
      return missingIsUp ? CheckResult.passed(text) : CheckResult.failed(text);
    }
    if (!Files.isRegularFile(path)) { // opening a pipe would wait for its other end
      throw new IllegalStateException(path + " is not a regular file");
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(MAX_FILE);
      return said(new String(content, StandardCharsets.UTF_8).strip());
    } catch (IOException thrown) {
      throw new IllegalStateException(path + " cannot be read: " + thrown.getMessage(), thrown);
    }
  }

  static CheckResult said(String content) {
    if (content.matches("[0-9]{1,5}") && Integer.parseInt(content) <= 65535) {
      int weight = Integer.parseInt(content);
      return CheckResult.passed("the file says weight " + weight).withWeight(weight);
    }
    return switch (content) {
      case "up" -> CheckResult.passed("the file says up");
      case "down" -> CheckResult.failed("the file says down");
      default ->
          throw new IllegalStateException(
              "the file says '" + content + "', expected up, down or a weight from 0 to 65535");
    };
  }
}
