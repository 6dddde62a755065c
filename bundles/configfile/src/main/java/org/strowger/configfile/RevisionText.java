package org.strowger.configfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.strowger.api.Coded;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.Revision;
import org.strowger.api.Revision.ImportedFile;

/**
 * A revision as a text that people can read: a first line with the SHA-256 of everything after it,
 * then YAML.
 *
 * <pre>
 * # strowger revision, sha256 of what follows: 0123...
 * number: 7
 * time: '2026-11-22T10:00:00Z'
 * origin: {kind, user, source}
 * comment: ...
 * tree: ...
 * lastImport: {digest, tree}        left out if no file was ever imported
 * pending: {revision, base, until, user}    only while one waits for its confirmation
 * </pre>
 */
final class RevisionText {
  private static final String FIRST_LINE = "# strowger revision, sha256 of what follows: ";
  static final int HEADER_LENGTH = FIRST_LINE.length() + Digest.LENGTH + 1;

  private RevisionText() {}

  /** What a file turned out to be. */
  sealed interface Decoded {
    record Whole(Revision revision) implements Decoded {}

    record Damaged(String why) implements Decoded {}
  }

  /**
   * The bytes to be saved; they were read back and gave the same revision.
   *
   * @throws IOException if the revision is too large or cannot be written as a text
   */
  static byte[] encode(Revision revision) throws IOException {
    String body = TreePrinter.print(fields(revision));
    ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(body));
    byte[] file = new byte[HEADER_LENGTH + encoded.remaining()];
    encoded.get(file, HEADER_LENGTH, encoded.remaining());
    System.arraycopy(header(file), 0, file, 0, HEADER_LENGTH);
    switch (decode(file, revision.number())) {
      case Decoded.Damaged(String why) ->
          throw new IOException("it could not be read back: " + why);
      case Decoded.Whole(Revision back) -> {
        if (!back.equals(revision)) {
          throw new IOException("it reads back different");
        }
      }
    }
    return file;
  }

  private static byte[] header(byte[] file) {
    String line = FIRST_LINE + Digest.of(file, HEADER_LENGTH) + "\n";
    return line.getBytes(StandardCharsets.US_ASCII);
  }

  private static Map<String, Object> fields(Revision revision) {
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("kind", revision.origin().kind().word());
    origin.put("user", revision.origin().user());
    origin.put("source", revision.origin().source());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("number", revision.number());
    fields.put("time", revision.time().toString());
    fields.put("origin", origin);
    fields.put("comment", revision.comment());
    fields.put("tree", revision.tree());
    revision
        .lastImport()
        .ifPresent(
            last -> {
              Map<String, Object> imported = new LinkedHashMap<>();
              imported.put("digest", last.digest());
              imported.put("tree", last.tree());
              fields.put("lastImport", imported);
            });
    revision
        .pending()
        .ifPresent(
            pending -> {
              Map<String, Object> waits = new LinkedHashMap<>();
              waits.put("revision", pending.revision());
              waits.put("base", pending.base());
              waits.put("until", pending.until().toString());
              waits.put("user", pending.user());
              fields.put("pending", waits);
            });
    return fields;
  }

  /** Never throws for what stands in the bytes. */
  static Decoded decode(byte[] file, long number) {
    if (file.length < HEADER_LENGTH
        || !Arrays.equals(header(file), 0, HEADER_LENGTH, file, 0, HEADER_LENGTH)) {
      return new Decoded.Damaged("its checksum does not fit its content");
    }
    byte[] body = Arrays.copyOfRange(file, HEADER_LENGTH, file.length);
    YamlText.Reading read = YamlText.read("revision " + number, body, Limits.REVISION);
    if (!read.problems().isEmpty()) {
      return new Decoded.Damaged(read.problems().getFirst().text());
    }
    try {
      Revision revision = revision(read.tree());
      return revision.number() == number
          ? new Decoded.Whole(revision)
          : new Decoded.Damaged("it calls itself revision " + revision.number());
    } catch (MissingField | DateTimeParseException e) {
      return new Decoded.Damaged(String.valueOf(e.getMessage()));
    }
  }

  private static Revision revision(Map<String, Object> fields) throws MissingField {
    Map<String, Object> origin = branch(fields, "origin");
    Optional<ImportedFile> lastImport = Optional.empty();
    if (fields.containsKey("lastImport")) {
      Map<String, Object> imported = branch(fields, "lastImport");
      lastImport =
          Optional.of(
              new ImportedFile(field(imported, "digest", String.class), branch(imported, "tree")));
    }
    return new Revision(
        field(fields, "number", Long.class),
        Instant.parse(field(fields, "time", String.class)),
        new Origin(
            kind(field(origin, "kind", String.class)),
            field(origin, "user", String.class),
            field(origin, "source", String.class)),
        field(fields, "comment", String.class),
        branch(fields, "tree"),
        lastImport,
        pending(fields));
  }

  private static Optional<Revision.Pending> pending(Map<String, Object> fields)
      throws MissingField {
    if (!fields.containsKey("pending")) {
      return Optional.empty();
    }
    Map<String, Object> pending = branch(fields, "pending");
    return Optional.of(
        new Revision.Pending(
            field(pending, "revision", Long.class),
            field(pending, "base", Long.class),
            Instant.parse(field(pending, "until", String.class)),
            field(pending, "user", String.class)));
  }

  private static OriginKind kind(String word) throws MissingField {
    return Coded.byWord(OriginKind.class, word)
        .orElseThrow(() -> new MissingField("it has an origin of unknown kind '" + word + "'"));
  }

  // Keys of a tree are texts: TreeReader makes no others.
  @SuppressWarnings("unchecked")
  private static Map<String, Object> branch(Map<String, Object> fields, String key)
      throws MissingField {
    return field(fields, key, Map.class);
  }

  private static <T> T field(Map<String, Object> fields, String key, Class<T> type)
      throws MissingField {
    Object value = fields.get(key);
    if (!type.isInstance(value)) {
      throw new MissingField("it has no right '" + key + "'");
    }
    return type.cast(value);
  }

  /** The checksum is right and the content is not: written by another version of Strowger. */
  private static final class MissingField extends Exception {
    private static final long serialVersionUID = 1;

    MissingField(String message) {
      super(message);
    }
  }
}
