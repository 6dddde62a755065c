package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.strowger.release.PackageCommand;

/** One who signs packages, by the command that operators use. */
final class Publisher {
  private final Path folder;
  private int packages;

  Publisher(Path parent) throws IOException {
    folder = Files.createTempDirectory(parent, "publisher");
    assertEquals(0, PackageCommand.run("--new-key", folder.resolve("publisher").toString()));
  }

  void trustedBy(Path state) throws IOException {
    Path keys = Files.createDirectories(state.resolve("keys"));
    Files.copy(folder.resolve("publisher.pem"), keys.resolve("publisher.pem"));
  }

  /** The key was lost, and the box is told. */
  void revokedBy(Path state) throws Exception {
    String pem = Files.readString(folder.resolve("publisher.pem"));
    byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    byte[] id = MessageDigest.getInstance("SHA-256").digest(key);
    Files.writeString(
        state.resolve("keys/revoked"), HexFormat.of().formatHex(id) + " # lost in a train\n");
  }

  Path pack(Path... jars) {
    Path target = folder.resolve("package" + ++packages + ".stgpkg");
    List<String> words =
        new ArrayList<>(
            List.of(
                "--key",
                folder.resolve("publisher.key").toString(),
                "--name",
                "sample",
                "--version",
                "1.1.0",
                "--output",
                target.toString()));
    for (Path jar : jars) {
      words.add(jar.toString());
    }
    assertEquals(0, PackageCommand.run(words.toArray(new String[0])));
    return target;
  }
}
