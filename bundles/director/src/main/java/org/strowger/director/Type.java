package org.strowger.director;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.strowger.api.AlarmType;
import org.strowger.api.Coded;
import org.strowger.api.Fingerprint;
import org.strowger.api.Names;
import org.strowger.api.PortRange;
import org.strowger.api.Prefix;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Severity;

/**
 * What may stand at a leaf of the configuration.
 *
 * @param expected for messages, after the word "expected"
 * @param read the value, or empty if what stands there does not fit
 * @param schema the same as JSON Schema
 */
record Type(String expected, Function<Object, Optional<?>> read, Map<String, Object> schema) {
  private static final Pattern PORTS = Pattern.compile("([0-9]{1,5})-([0-9]{1,5})");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  // Literals only: a name would need a resolver, which may block or lie.
  private static final Pattern IP_V4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IP_V6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

  static Type integer(long min, long max, String unit) {
    String what = unit.isEmpty() ? "" : " (" + unit + ")";
    return new Type(
        "a whole number from " + min + " to " + max + what,
        raw -> raw instanceof Long n && n >= min && n <= max ? Optional.of(n) : Optional.empty(),
        ordered("type", "integer", "minimum", min, "maximum", max));
  }

  static Type port() {
    return integer(1, 65535, "port");
  }

  /** A number, a range, or all. */
  static Type portRange() {
    return new Type(
        "a port from 1 to 65535, a range such as 5060-5070, or all",
        Type::parsePorts,
        ordered(
            "anyOf",
            List.of(
                ordered("type", "integer", "minimum", 1, "maximum", PortRange.MAX),
                ordered("type", "string", "pattern", "^(" + PORTS.pattern() + "|all)$"))));
  }

  private static Optional<PortRange> parsePorts(Object raw) {
    if (raw instanceof Long n) {
      return n >= 1 && n <= PortRange.MAX
          ? Optional.of(PortRange.of(Math.toIntExact(n)))
          : Optional.empty();
    }
    if ("all".equals(raw)) {
      return Optional.of(PortRange.ALL);
    }
    Matcher matcher = PORTS.matcher(String.valueOf(raw));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int first = Integer.parseInt(matcher.group(1));
    int last = Integer.parseInt(matcher.group(2));
    return first >= 1 && first <= last && last <= PortRange.MAX
        ? Optional.of(new PortRange(first, last))
        : Optional.empty();
  }

  /** A port, or the one that the client connected to. */
  static Type realPort() {
    return new Type(
        "a port from 1 to 65535, or same for the one that the client connected to",
        raw ->
            "same".equals(raw)
                ? Optional.of((long) RealServer.SAME_PORT)
                : port().read().apply(raw),
        ordered("anyOf", List.of(port().schema(), Map.of("enum", List.of("same")))));
  }

  /** Prefixes of both families. */
  static Type prefixes(int most) {
    return new Type(
        "a list of at most "
            + most
            + " prefixes such as 192.0.2.0/24 or 2001:db8::/32, no bit set"
            + " beyond their length",
        raw ->
            raw instanceof List<?> list && list.size() <= most
                ? parsePrefixes(list)
                : Optional.empty(),
        ordered("type", "array", "maxItems", most, "items", Map.of("type", "string")));
  }

  private static Optional<List<Prefix>> parsePrefixes(List<?> list) {
    List<Prefix> prefixes =
        list.stream().flatMap(each -> Prefix.parse(String.valueOf(each)).stream()).toList();
    return prefixes.size() == list.size() ? Optional.of(prefixes) : Optional.empty();
  }

  static Type yesOrNo() {
    return new Type(
        "true or false",
        raw -> raw instanceof Boolean b ? Optional.of(b) : Optional.empty(),
        ordered("type", "boolean"));
  }

  static Type text(int maxLength) {
    return new Type(
        "text of 1 to " + maxLength + " characters",
        raw ->
            raw instanceof String s && !s.isBlank() && s.length() <= maxLength
                ? Optional.of(s)
                : Optional.empty(),
        ordered("type", "string", "minLength", 1, "maxLength", maxLength));
  }

  static Type name(String ofWhat) {
    return new Type(
        "a name of " + ofWhat + " (1 to 32 letters, digits, '.', '_' or '-')",
        raw -> raw instanceof String s && Names.valid(s) ? Optional.of(s) : Optional.empty(),
        ordered("type", "string", "pattern", "^" + Names.PATTERN.pattern() + "$"));
  }

  /** Names of entries elsewhere, each once. */
  static Type names(String ofWhat, int most) {
    return new Type(
        "a list of at most " + most + " names of " + ofWhat + ", each once",
        raw ->
            raw instanceof List<?> list
                    && list.size() <= most
                    && list.stream().allMatch(each -> each instanceof String s && Names.valid(s))
                    && list.stream().distinct().count() == list.size()
                ? Optional.of(list)
                : Optional.empty(),
        ordered(
            "type",
            "array",
            "maxItems",
            most,
            "uniqueItems",
            true,
            "items",
            ordered("type", "string", "pattern", "^" + Names.PATTERN.pattern() + "$")));
  }

  static Type alarmType() {
    return new Type(
        "the name of a type of alarm such as realDown",
        raw -> raw instanceof String s ? AlarmType.byWord(s) : Optional.empty(),
        ordered("enum", Arrays.stream(AlarmType.values()).map(t -> (Object) t.word()).toList()));
  }

  static Type severity() {
    List<String> words =
        Arrays.stream(Severity.values())
            .filter(each -> each != Severity.CLEARED)
            .map(Coded::word)
            .toList();
    return new Type(
        "one of " + String.join(", ", words),
        raw ->
            raw instanceof String s && words.contains(s)
                ? Coded.byWord(Severity.class, s)
                : Optional.empty(),
        ordered("enum", List.<Object>copyOf(words)));
  }

  static Type moment() {
    return new Type(
        "a moment such as 2026-11-23T18:00:00Z or 2026-11-23T18:00:00+01:00",
        raw -> raw instanceof String s ? parseMoment(s) : Optional.empty(),
        ordered("type", "string", "format", "date-time"));
  }

  private static Optional<Instant> parseMoment(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException notAMoment) {
      return Optional.empty();
    }
  }

  static Type realServer() {
    return new Type(
        "a real server, written POOL/REAL",
        raw -> raw instanceof String s ? RealServerId.parse(s) : Optional.empty(),
        ordered("type", "string", "pattern", "^[^/]+/[^/]+$"));
  }

  static <E extends Enum<E> & Coded> Type word(Class<E> words) {
    return new Type(
        "one of " + Coded.words(words),
        raw -> raw instanceof String s ? Coded.byWord(words, s) : Optional.empty(),
        ordered(
            "enum", Arrays.stream(words.getEnumConstants()).map(e -> (Object) e.word()).toList()));
  }

  /** Words, each once; the value is the list as written. */
  static <E extends Enum<E> & Coded> Type words(Class<E> words) {
    return new Type(
        "a list of these, each once: " + Coded.words(words),
        raw ->
            raw instanceof List<?> list
                    && !list.isEmpty()
                    && list.stream()
                        .allMatch(
                            each -> each instanceof String s && Coded.byWord(words, s).isPresent())
                    && list.stream().distinct().count() == list.size()
                ? Optional.of(list)
                : Optional.empty(),
        ordered(
            "type", "array", "minItems", 1, "uniqueItems", true, "items", word(words).schema()));
  }

  /** Texts in order, at least one. */
  static Type texts(int most, int maxLength) {
    return new Type(
        "a list of 1 to " + most + " texts of at most " + maxLength + " characters",
        raw ->
            raw instanceof List<?> list
                    && !list.isEmpty()
                    && list.size() <= most
                    && list.stream()
                        .allMatch(
                            each ->
                                each instanceof String s
                                    && s.length() <= maxLength
                                    && s.indexOf('\0') < 0)
                ? Optional.of(list)
                : Optional.empty(),
        ordered(
            "type",
            "array",
            "minItems",
            1,
            "maxItems",
            most,
            "items",
            ordered("type", "string", "maxLength", maxLength)));
  }

  /** Without user and password: those would be seen wherever the configuration is. */
  static Type webUrl(int maxLength) {
    return new Type(
        "a URL such as https://192.0.2.1/hook, without user and password",
        raw -> raw instanceof String s && s.length() <= maxLength ? parseUrl(s) : Optional.empty(),
        ordered("type", "string", "pattern", "^https?://[^@]+$", "maxLength", maxLength));
  }

  private static Optional<URI> parseUrl(String text) {
    try {
      URI uri = new URI(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean plain = uri.getUserInfo() == null && uri.getFragment() == null;
      return web && plain && uri.getHost() != null ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException notOne) {
      return Optional.empty();
    }
  }

  static Type address() {
    return new Type(
        "an IPv4 or IPv6 address such as 192.0.2.1 or 2001:db8::1",
        raw -> raw instanceof String s ? parseAddress(s) : Optional.empty(),
        ordered(
            "type",
            "string",
            "anyOf",
            List.of(Map.of("format", "ipv4"), Map.of("format", "ipv6"))));
  }

  /** Addresses of both families, each once. */
  static Type addresses(int most) {
    return new Type(
        "a list of at most " + most + " IPv4 and IPv6 addresses, each once",
        raw ->
            raw instanceof List<?> list && list.size() <= most
                ? parseAddresses(list)
                : Optional.empty(),
        ordered(
            "type",
            "array",
            "maxItems",
            most,
            "uniqueItems",
            true,
            "items",
            Map.of("type", "string")));
  }

  private static Optional<List<InetAddress>> parseAddresses(List<?> list) {
    List<InetAddress> all =
        list.stream()
            .flatMap(each -> parseAddress(String.valueOf(each)).stream())
            .distinct()
            .toList();
    return all.size() == list.size() ? Optional.of(all) : Optional.empty();
  }

  static Optional<InetAddress> parseAddress(String text) {
    if (!IP_V4.matcher(text).matches() && !IP_V6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  static Type duration(Duration min, Duration max) {
    return new Type(
        "a duration such as 500ms, 30s or 5m, from " + print(min) + " to " + print(max),
        raw ->
            raw instanceof String s
                ? parseDuration(s).filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0)
                : Optional.empty(),
        ordered("type", "string", "pattern", "^" + DURATION.pattern() + "$"));
  }

  static Optional<Duration> parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long n = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(n);
          case "s" -> Duration.ofSeconds(n);
          case "m" -> Duration.ofMinutes(n);
          case "h" -> Duration.ofHours(n);
          default -> Duration.ofDays(n);
        });
  }

  private static String print(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 != 0 ? millis + "ms" : duration.toSeconds() + "s";
  }

  /** As RFC 6353 writes the fingerprint of a certificate. */
  static Type fingerprint() {
    return new Type(
        "04, 05 or 06 and the 32, 48 or 64 octets of the certificate's SHA-256, SHA-384 or"
            + " SHA-512, such as 04:9f:86:...",
        raw -> raw instanceof String s ? Fingerprint.parse(s) : Optional.empty(),
        ordered("type", "string", "pattern", Fingerprint.PATTERN));
  }

  static Type file() {
    return new Type(
        "the path of a file, relative to the state folder or absolute",
        raw -> raw instanceof String s && !s.isBlank() ? parsePath(s) : Optional.empty(),
        ordered("type", "string", "minLength", 1));
  }

  private static Optional<Path> parsePath(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException notAPath) {
      return Optional.empty();
    }
  }

  static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
