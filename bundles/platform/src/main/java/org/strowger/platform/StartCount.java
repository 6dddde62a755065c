package org.strowger.platform;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts of the process with this state folder: the number in the file {@code starts}. */
final class StartCount {
  /** Lives as long as the process, and so tells a start of it from one of this bundle. */
  static final String COUNTED = "strowger.platform.starts";

  private static final Logger LOG = LoggerFactory.getLogger(StartCount.class);

  private StartCount() {}

  /** Counts this start, once; 0 if it cannot be counted. */
  static long count(Path state) {
    String counted = System.getProperty(COUNTED);
    if (counted != null) {
      return Long.parseLong(counted);
    }
    Path file = state.resolve("starts");
    try {
      long count = before(file) + 1;
      Path made = state.resolve("starts.new");
      try (FileChannel channel =
          FileChannel.open(
              made,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer text = StandardCharsets.US_ASCII.encode(count + System.lineSeparator());
        while (text.hasRemaining()) {
          channel.write(text);
        }
        channel.force(true);
      }
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
      System.setProperty(COUNTED, Long.toString(count));
      return count;
    } catch (IOException e) {
      LOG.atError().addKeyValue("file", file).setCause(e).log("this start is not counted");
      return 0;
    }
  }

  private static long before(Path file) throws IOException {
    try {
      return Tree.parse(Files.readString(file).strip(), 0);
    } catch (NoSuchFileException first) {
      return 0;
    }
  }
}
