package org.strowger.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The small files of /proc and /sys below a root that tests can put elsewhere. A file that is
 * missing or may not be read is empty: drivers and kernels differ in what they tell. Any thread.
 */
record Tree(Path root) {
  /** Bytes of a file that are read. */
  static final int MAX_BYTES = 1 << 20;

  /** The text of a file, without the space around it. */
  String text(String file) {
    try (InputStream in = Files.newInputStream(root.resolve(file))) {
      return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8).strip();
    } catch (IOException absent) { // e.g. the speed of a device that is down: EINVAL
      return "";
    }
  }

  List<String> lines(String file) {
    String text = text(file);
    return text.isEmpty() ? List.of() : text.lines().toList();
  }

  /** The number in a file, or what stands for none. */
  long number(String file, long otherwise) {
    return parse(text(file), otherwise);
  }

  static long parse(String text, long otherwise) {
    try {
      return Long.decode(text);
    } catch (NumberFormatException none) {
      return otherwise;
    }
  }

  /** How many files a folder holds; 0 if it cannot be read. */
  long count(String folder) {
    long count = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(folder))) {
      for (Path file : files) {
        count += file.getNameCount() > 0 ? 1 : 0;
      }
    } catch (IOException absent) {
      return 0;
    }
    return count;
  }

  /** The names in a folder; none if it cannot be read. */
  List<String> names(String folder) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(folder))) {
      files.forEach(file -> names.add(String.valueOf(file.getFileName())));
    } catch (IOException | DirectoryIteratorException absent) {
      return List.of();
    }
    return names;
  }

  boolean exists(String file) {
    return Files.exists(root.resolve(file));
  }

  /** The words of a line. */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    for (String word : line.strip().split("\\s+", -1)) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }
}
