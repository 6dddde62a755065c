package org.strowger.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup is worth what can be read back from it, by whom it is meant for only. */
class SealedTest {
  private static final String PASSPHRASE = "correct horse battery";

  @TempDir private Path folder;
  private Path plain;
  private Path sealed;
  private Path back;

  @BeforeEach
  void seal() throws Exception {
    plain = Files.writeString(folder.resolve("plain"), "secret: 42\n".repeat(1_000));
    sealed = folder.resolve("sealed");
    back = folder.resolve("back");
    assertEquals("", Sealed.run(words("seal", plain, sealed), PASSPHRASE));
  }

  private static List<String> words(String word, Path from, Path to) {
    return List.of(word, from.toString(), to.toString());
  }

  @Test
  void whatWasSealedIsReadBack() throws Exception {
    byte[] octets = Files.readAllBytes(sealed);
    assertFalse(new String(octets, StandardCharsets.ISO_8859_1).contains("secret"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(sealed)));

    assertEquals("", Sealed.run(words("open", sealed, back), PASSPHRASE));

    assertArrayEquals(Files.readAllBytes(plain), Files.readAllBytes(back));
    assertFalse(
        Arrays.equals(octets, Sealed.seal(Files.readAllBytes(plain), PASSPHRASE)),
        "the same sealed twice looks different");
  }

  @Test
  void everyAlteredOctetAndAnotherPassphraseAreFound() throws Exception {
    byte[] octets = Files.readAllBytes(sealed);
    for (int at : new int[] {20, 40, octets.length - 1}) {
      byte[] altered = octets.clone();
      altered[at] ^= 1;
      refused(altered, PASSPHRASE);
    }
    refused(Arrays.copyOf(octets, octets.length - 1), PASSPHRASE);
    refused(Arrays.copyOf(octets, 30), PASSPHRASE);
    refused(new byte[0], PASSPHRASE);
    refused(octets, PASSPHRASE + " ");
  }

  private void refused(byte[] octets, String passphrase) throws Exception {
    Path altered = Files.write(folder.resolve("altered"), octets);
    String why = Sealed.run(words("open", altered, back), passphrase);
    assertTrue(
        why.endsWith("the passphrase is another one, or the file was altered")
            || why.endsWith("is not what a Strowger appliance sealed"),
        why);
    assertFalse(Files.exists(back), "nothing is written");
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    Path nothing = folder.resolve("nothing");
    assertEquals(
        "cannot open %s: java.nio.file.NoSuchFileException: %s".formatted(nothing, nothing),
        Sealed.run(words("open", nothing, back), PASSPHRASE));
    assertEquals(
        plain + ": the passphrase has 5 characters, expected at least 12",
        Sealed.run(words("seal", plain, back), "short"));
    assertTrue(Sealed.run(List.of("steal", "a", "b"), PASSPHRASE).startsWith("expected seal"));
    assertTrue(
        Sealed.run(words("seal", plain, folder.resolve("no/folder")), PASSPHRASE)
            .startsWith("cannot seal "));
  }
}
