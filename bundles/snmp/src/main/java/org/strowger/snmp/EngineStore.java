package org.strowger.snmp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.smi.OctetString;

/**
 * Keeps the identity of the SNMP engine and counts its boots, in the file {@code snmp/engine} of
 * the state folder. The new count is on disk before the caller gets it, so that no packet ever
 * carries a count that a power cut could bring back (RFC 3414, 2.2).
 *
 * <p>Where there is no file the identity is made from the machine, the folder and the name of the
 * director, so that a director whose state was wiped keeps the one its managers know. They also
 * remember its number of boots and refuse a smaller one; the first count is therefore not 1 but the
 * minutes since 2024, which no director reaches by restarting.
 */
final class EngineStore {
  private static final Logger log = LoggerFactory.getLogger(EngineStore.class);
  private static final Path MACHINE_ID = Path.of("/etc/machine-id");
  private static final Instant FIRST_BOOTS_COUNT_FROM = Instant.parse("2024-01-01T00:00:00Z");
  private static final int ENGINE_ID_OCTETS = 12;

  /** Format 5 of RFC 3411's SnmpEngineID: octets, administratively assigned. */
  private static final byte FORMAT_OCTETS = 5;

  private final Path file;

  EngineStore(Path stateFolder) {
    file = stateFolder.resolve("snmp").resolve("engine");
  }

  private record Stored(String engineId, int boots) {}

  /**
   * The engine of this start.
   *
   * @param directorName goes into an identity that must be made
   * @throws IOException if the count cannot be made durable; then no packet may be sent
   */
  Engine start(String directorName) throws IOException {
    Stored last = load().orElseGet(() -> firstOf(directorName));
    if (last.boots() == Integer.MAX_VALUE) {
      log.error("the engine's boots are used up; it gets a new identity, managers must learn it");
      last = new Stored(identity(new SecureRandom().generateSeed(ENGINE_ID_OCTETS)), 0);
    }
    Stored now = new Stored(last.engineId(), last.boots() + 1);
    save(now);
    OctetString id = new OctetString(HexFormat.of().parseHex(now.engineId()));
    return Engine.starting(id, now.boots());
  }

  private Optional<Stored> load() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    String[] words = text.strip().split("\\s+", -1);
    if (words.length == 2 && words[0].matches("([0-9a-f]{2}){5,32}") && isBoots(words[1])) {
      return Optional.of(new Stored(words[0], Integer.parseInt(words[1])));
    }
    Path aside = file.resolveSibling("engine.damaged");
    Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    log.error("the record of the SNMP engine was damaged; it was put aside as {}", aside);
    return Optional.empty();
  }

  private static boolean isBoots(String word) {
    return word.matches("[0-9]{1,10}") && Long.parseLong(word) <= Integer.MAX_VALUE;
  }

  private Stored firstOf(String directorName) {
    int boots = (int) Duration.between(FIRST_BOOTS_COUNT_FROM, Instant.now()).toMinutes();
    return new Stored(identity(machine(directorName)), Math.max(0, boots));
  }

  private byte[] machine(String directorName) {
    try {
      String machine = Files.readString(MACHINE_ID, StandardCharsets.ISO_8859_1).strip();
      String text = machine + '\n' + file.toAbsolutePath() + '\n' + directorName;
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.info("{} cannot be read; the SNMP engine gets a random identity", MACHINE_ID);
      return new SecureRandom().generateSeed(ENGINE_ID_OCTETS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String identity(byte[] distinct) {
    int enterprise = Oids.STG.last();
    ByteBuffer octets = ByteBuffer.allocate(Integer.BYTES + 1 + ENGINE_ID_OCTETS);
    octets.putInt(enterprise | Integer.MIN_VALUE).put(FORMAT_OCTETS);
    octets.put(Arrays.copyOf(distinct, ENGINE_ID_OCTETS));
    return HexFormat.of().formatHex(octets.array());
  }

  private void save(Stored stored) throws IOException {
    Path folder = file.resolveSibling("");
    Files.createDirectories(folder);
    Path temporary = file.resolveSibling("engine.new");
    byte[] text =
        (stored.engineId() + " " + stored.boots() + "\n").getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer octets = ByteBuffer.wrap(text);
      while (octets.hasRemaining()) {
        channel.write(octets);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
