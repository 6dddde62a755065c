package org.strowger.release;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleasePackageTest {
  @TempDir Path folder;

  private Path keys;
  private Path secret;

  @BeforeEach
  void aPublisherWhoIsTrusted() throws IOException {
    keys = Files.createDirectory(folder.resolve("keys"));
    secret = folder.resolve("publisher.key");
    assertEquals(0, PackageCommand.run("--new-key", folder.resolve("publisher").toString()));
    Files.copy(folder.resolve("publisher.pem"), keys.resolve("publisher.pem"));
  }

  private Path jar(String name, String version, String upgradeClass) throws IOException {
    Path jar = folder.resolve(name + "-" + version + ".jar");
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Bundle-SymbolicName", name + ";singleton:=true");
    main.putValue("Bundle-Version", version);
    main.putValue("Import-Package", "org.slf4j,org.strowger.api;version=\"[0.1,1)\",java.util");
    main.putValue(BundleFile.UPGRADE_CLASS, upgradeClass);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out, manifest)) {
      packed.putNextEntry(new ZipEntry("content"));
      packed.write(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      packed.closeEntry();
    }
    return jar;
  }

  private Path packed(String name) throws IOException {
    Path target = folder.resolve(name);
    assertEquals(
        0,
        PackageCommand.run(
            "--key",
            secret.toString(),
            "--output",
            target.toString(),
            "--name",
            "sample",
            "--version",
            "1.2.0",
            "--needs",
            "0.1.0",
            "--migration",
            "rename pools.*.old pools.*.fresh",
            jar("b.stateful", "1.1.0", "stateful").toString(),
            jar("a.plugin", "1.0.0", "plugin").toString()));
    return target;
  }

  private ReleasePackage open(Path file) throws Untrusted {
    return ReleasePackage.open(file, KeyRing.read(keys));
  }

  private String refused(Path file) {
    return assertThrows(Untrusted.class, () -> open(file)).why();
  }

  @Test
  void whatWasPackedIsReadBack() throws Exception {
    ReleasePackage opened = open(packed("one.stgpkg"));
    ReleaseManifest manifest = opened.manifest();

    assertEquals("publisher", opened.signer());
    assertEquals("sample 1.2.0", manifest.name() + " " + manifest.version());
    assertEquals(UpgradeClass.STATEFUL, manifest.upgradeClass());
    assertEquals(List.of("rename pools.*.old pools.*.fresh"), manifest.migrations());
    PackagedFile plugin = manifest.files().getFirst();
    assertEquals("bundles/a.plugin.jar", plugin.path());
    assertEquals(
        new PackagedFile.Bundle("a.plugin", "1.0.0", List.of("org.strowger.api [0.1,1)")),
        plugin.bundle().orElseThrow());

    Path copy = folder.resolve("copy.jar");
    for (PackagedFile file : manifest.files()) {
      opened.extract(file, copy);
      assertEquals(file.sha256(), Digests.of(copy));
    }
  }

  @Test
  void twoPackagesOfOneBuildAreTheSameBytes() throws Exception {
    Path one = packed("one.stgpkg");
    Path two = packed("two.stgpkg");
    // Ed25519 signs the same text the same way each time.
    assertEquals(-1, Files.mismatch(one, two));
  }

  @Test
  void oneFlippedBitAnywhereIsRefused() throws Exception {
    byte[] good = Files.readAllBytes(packed("good.stgpkg"));
    Path bad = folder.resolve("bad.stgpkg");
    for (int at = 0; at < good.length; at++) {
      byte[] altered = good.clone();
      altered[at] ^= (byte) (1 << (at % 8));
      Files.write(bad, altered);
      assertTrue(refused(bad).startsWith(bad + ": "), "byte " + at);
    }
  }

  @Test
  void truncatedAtAnyLengthOrWithBytesBehindItIsRefused() throws Exception {
    byte[] good = Files.readAllBytes(packed("good.stgpkg"));
    Path bad = folder.resolve("bad.stgpkg");
    for (int length = 0; length < good.length; length++) {
      Files.write(bad, Arrays.copyOf(good, length));
      refused(bad);
    }
    Files.write(bad, Arrays.copyOf(good, good.length + 1));
    assertTrue(refused(bad).contains("too long"), refused(bad));
    Files.write(bad, Arrays.copyOf(good, good.length - 1));
    assertTrue(refused(bad).contains("the package is truncated"), refused(bad));
  }

  @Test
  void anUnknownKeyARevokedOneAndNoKeyAtAllAreNamed() throws Exception {
    Path file = packed("good.stgpkg");
    String id = open(file).signed().keyId();

    Files.writeString(keys.resolve(KeyRing.REVOKED), id + " # lost in a train\n");
    assertTrue(refused(file).endsWith("the key publisher (" + id + ") is revoked"), refused(file));

    Files.delete(keys.resolve(KeyRing.REVOKED));
    Files.delete(keys.resolve("publisher.pem"));
    assertTrue(refused(file).contains("no key is trusted"), refused(file));

    PackageCommand.run("--new-key", folder.resolve("other").toString());
    Files.copy(folder.resolve("other.pem"), keys.resolve("other.pem"));
    assertTrue(refused(file).contains("signed by the unknown key " + id), refused(file));
  }

  @Test
  void aFileThatIsNoPackageIsCalledThat() throws Exception {
    Path file = jar("x", "1.0.0", "plugin");
    assertTrue(refused(file).contains("no Strowger package"), refused(file));
    assertTrue(refused(folder.resolve("none")).contains("there is no such file"));
  }

  @Test
  void aKeyIsForItsOwnerOnlyAndNeverWrittenOver() throws Exception {
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(secret));
    byte[] before = Files.readAllBytes(secret);
    assertEquals(1, PackageCommand.run("--new-key", folder.resolve("publisher").toString()));
    assertArrayEquals(before, Files.readAllBytes(secret));

    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(1, PackageCommand.run("--key", secret.toString(), "x.jar"));
  }

  @Test
  void aPackageMayCarryWhatIsNoBundle() throws Exception {
    Path root = Files.writeString(folder.resolve("root.squashfs"), "a file system");
    Path target = folder.resolve("image.stgpkg");
    String[] words = {
      "--key",
      secret.toString(),
      "--output",
      target.toString(),
      "--version",
      "2.0.0",
      "--name",
      "image",
      "--payload",
      "reboot:" + root
    };
    assertEquals(0, PackageCommand.run(words));
    ReleaseManifest manifest = open(target).manifest();
    assertEquals(UpgradeClass.REBOOT, manifest.upgradeClass());
    assertEquals(ReleaseManifest.Kind.IMAGE, manifest.kind());
    assertEquals("payload/root.squashfs", manifest.files().getFirst().path());
  }

  @Test
  void aManifestOfAnotherFormatIsNotGuessedAt() {
    String text = "format: 2\npackage: x\n";
    Untrusted why =
        assertThrows(
            Untrusted.class,
            () -> ReleaseManifest.parse(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    assertTrue(why.why().contains("the format 2"), why.why());
  }

  @Test
  void wordsThatAreNotUnderstoodChangeNothing() {
    assertEquals(2, PackageCommand.run("--what", "x"));
    assertEquals(2, PackageCommand.run("--key"));
    assertEquals(2, PackageCommand.run());
  }
}
