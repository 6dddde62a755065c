package org.strowger.checks;

import com.google.re2j.Pattern;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;

/**
 * One request of an HTTP check, and what is expected of its answer.
 *
 * @param body must be found in the body
 * @param notBody must not be found in the body
 * @param sha256 of the whole body
 * @param headers a header of this name must have a value in which the expression is found
 * @param maxBody most bytes of the body that are read; the expressions see no more of it
 */
record HttpRequest(
    String method,
    String path,
    Ranges status,
    Optional<Pattern> body,
    Optional<Pattern> notBody,
    Optional<byte[]> sha256,
    Map<String, Pattern> headers,
    int maxBody) {
  static final int DEFAULT_MAX_BODY = 64 * 1024;
  static final int MAX_BODY = 1 << 20;
  static final int MAX_EXPECTED_HEADERS = 16;

  private static final java.util.regex.Pattern PATH =
      java.util.regex.Pattern.compile("/[\\x21-\\x7e]{0,1023}");
  private static final java.util.regex.Pattern EXPECTED_HEADER =
      java.util.regex.Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}: .{1,256}");

  static HttpRequest of(Options options) {
    HttpRequest request =
        new HttpRequest(
            options.word("method", List.of("GET", "HEAD", "OPTIONS"), "GET"),
            options
                .text("path", PATH, "a path that starts with /, at most 1024 ASCII characters")
                .orElse("/"),
            Ranges.of(options, "status", 100, 999, "200-299"),
            options.expression("body"),
            options.expression("notBody"),
            options.hex("sha256", 32),
            expressions(options),
            (int) options.number("maxBody", 1, MAX_BODY, DEFAULT_MAX_BODY));
    request.checkTogether(options);
    return request;
  }

  private void checkTogether(Options options) {
    sha256
        .filter(digest -> digest.length != 32)
        .ifPresent(digest -> options.refuse("sha256", "32 bytes in hexadecimal"));
    if (method.equals("HEAD") && (body.isPresent() || sha256.isPresent())) {
      options.refuse("method", "GET or OPTIONS: an answer to HEAD has no body to look at");
    }
  }

  private static Map<String, Pattern> expressions(Options options) {
    Map<String, Pattern> expressions = new LinkedHashMap<>();
    options
        .texts("expectHeaders", MAX_EXPECTED_HEADERS, EXPECTED_HEADER, "a regular expression")
        .forEach(
            (name, text) ->
                Options.readExpression(text)
                    .ifPresentOrElse(
                        expression -> expressions.put(name, expression),
                        () ->
                            options.refuse(
                                "expectHeaders", "regular expressions; '" + text + "' is none")));
    return expressions;
  }

  /** Checks status and headers. */
  void checkHead(ClassicHttpResponse response) throws Unexpected {
    if (!status.contains(response.getCode())) {
      throw new Unexpected(about() + ": status " + response.getCode() + ", expected " + status);
    }
    for (Map.Entry<String, Pattern> wanted : headers.entrySet()) {
      boolean found = false;
      for (Header header : response.getHeaders(wanted.getKey())) {
        found |= wanted.getValue().matcher(String.valueOf(header.getValue())).find();
      }
      if (!found) {
        throw new Unexpected(
            about() + ": no header " + wanted.getKey() + " with '" + wanted.getValue() + "'");
      }
    }
  }

  /** Checks what was read of the body; {@code whole} if that is all of it. */
  void checkBody(byte[] read, boolean whole) throws Unexpected {
    if (body.isPresent() && !body.get().matcher(read).find()) {
      throw new Unexpected(about() + ": '" + body.get() + "' is not in the " + bytes(read, whole));
    }
    if (notBody.isPresent() && notBody.get().matcher(read).find()) {
      throw new Unexpected(about() + ": '" + notBody.get() + "' is in the body");
    }
    if (sha256.isPresent()) {
      if (!whole) {
        throw new Unexpected(about() + ": the body is longer than maxBody, " + maxBody + " bytes");
      }
      byte[] digest = digest(read);
      if (!MessageDigest.isEqual(digest, sha256.get())) {
        throw new Unexpected(
            about()
                + ": SHA-256 of the "
                + bytes(read, true)
                + " is "
                + HexFormat.of().formatHex(digest));
      }
    }
  }

  private static String bytes(byte[] read, boolean whole) {
    return (whole ? "" : "first ") + read.length + " bytes of the body";
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException impossible) { // every JDK has it
      throw new IllegalStateException(impossible);
    }
  }

  String about() {
    return method + " " + path;
  }
}
