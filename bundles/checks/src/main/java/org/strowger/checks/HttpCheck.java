package org.strowger.checks;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestWriterFactory;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.StatusLine;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;

/**
 * Requests over HTTP/1.0 or 1.1, each on a connection of its own, as clients come. Lines, headers
 * and bodies are bounded by the named limits, the whole by the look's time.
 */
final class HttpCheck implements Check {
  static final int MAX_REQUESTS = 8;
  static final int MAX_HEADERS = 100;
  static final int MAX_LINE = 8192;

  /** Empty lines before the status line. */
  static final int MAX_EMPTY_LINES = 4;

  /** Most interim answers (1xx) before the real one. */
  static final int MAX_INTERIM = 8;

  private static final Pattern HOST = Pattern.compile("[\\x21-\\x7e]{1,255}");
  private static final Pattern HEADER =
      Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}: [\\x20-\\x7e]{0,1024}");

  private final Optional<Tls> tls;
  private final boolean version10;
  private final Http1Config config;
  private final Optional<String> host;
  private final Map<String, String> headers;
  private final List<HttpRequest> requests;

  private HttpCheck(Options options, Optional<Tls> tls) {
    this.tls = tls;
    version10 = options.word("version", List.of("1.0", "1.1"), "1.1").equals("1.0");
    config =
        Http1Config.custom()
            .setVersion(version10 ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1)
            .setMaxHeaderCount(MAX_HEADERS)
            .setMaxLineLength(MAX_LINE)
            .setMaxEmptyLineCount(MAX_EMPTY_LINES)
            .build();
    host = options.text("host", HOST, "a value for the Host header, without blanks");
    headers =
        options.texts("headers", 16, HEADER, "a value of at most 1024 printable ASCII characters");
    if (options.has("requests")) {
      requests = options.parts("requests", MAX_REQUESTS).stream().map(HttpRequest::of).toList();
    } else {
      requests = List.of(HttpRequest.of(options));
    }
  }

  static HttpCheck plain(Options options) {
    return new HttpCheck(options, Optional.empty());
  }

  static HttpCheck secured(Options options) {
    return new HttpCheck(options, Optional.of(Tls.of(options)));
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(
        target,
        look -> {
          CheckResult last = CheckResult.passed("");
          Optional<String> warning = Optional.empty();
          for (HttpRequest request : requests) {
            try (Talk talk = Talk.open(look)) {
              if (tls.isPresent()) {
                warning = talk.secure(tls.get()).warning();
              }
              last = ask(talk, request);
            }
          }
          return warning.map(last::withWarning).orElse(last);
        });
  }

  private CheckResult ask(Talk talk, HttpRequest request) throws IOException {
    talk.look().step("waiting for the answer to " + request.about());
    DefaultHttpRequestWriterFactory writers = new DefaultHttpRequestWriterFactory(config);
    DefaultBHttpClientConnection connection =
        new DefaultBHttpClientConnection(config, null, null, null, null, writers, null);
    try {
      connection.bind(talk.socket());
      connection.sendRequestHeader(message(talk.look(), request));
      connection.flush();
      ClassicHttpResponse response = head(connection);
      for (int interim = 0; response.getCode() < 200; interim++) {
        if (interim == MAX_INTERIM) {
          throw new Unexpected("it sent more than " + MAX_INTERIM + " interim answers");
        }
        response = head(connection);
      }
      request.checkHead(response);
      talk.look().step("reading the body of " + request.about());
      int length = hasBody(request, response) ? readBody(connection, response, request) : 0;
      return CheckResult.passed(new StatusLine(response) + ", " + length + " bytes");
    } catch (HttpException malformed) {
      throw new Unexpected(request.about() + ": no valid HTTP: " + malformed.getMessage());
    }
  }

  /**
   * The parser lets impossible versions and codes through to constructors that refuse them as a
   * programmer's error; they are the stranger's.
   */
  private static ClassicHttpResponse head(DefaultBHttpClientConnection connection)
      throws IOException, HttpException {
    try {
      return connection.receiveResponseHeader();
    } catch (IllegalArgumentException impossible) {
      throw new HttpException(String.valueOf(impossible.getMessage()), impossible);
    }
  }

  private static boolean hasBody(HttpRequest request, ClassicHttpResponse response) {
    int code = response.getCode();
    return !request.method().equals("HEAD") && code != 204 && code != 304;
  }

  private static int readBody(
      DefaultBHttpClientConnection connection, ClassicHttpResponse response, HttpRequest request)
      throws IOException, HttpException {
    connection.receiveResponseEntity(response);
    byte[] read = new byte[0];
    boolean whole = true;
    HttpEntity entity = response.getEntity();
    if (entity != null) {
      InputStream content = entity.getContent(); // not closed: that would read on to its end
      read = content.readNBytes(request.maxBody());
      whole = read.length < request.maxBody() || content.read() < 0;
    }
    request.checkBody(read, whole);
    return read.length;
  }

  private BasicClassicHttpRequest message(Look look, HttpRequest request) {
    Map<String, String> all = new LinkedHashMap<>();
    if (!version10 || host.isPresent()) {
      all.put("Host", host.orElseGet(() -> authority(look)));
    }
    all.put("User-Agent", "Strowger");
    all.put("Accept", "*/*");
    all.put("Connection", "close");
    BasicClassicHttpRequest message = new BasicClassicHttpRequest(request.method(), request.path());
    all.forEach(message::setHeader);
    headers.forEach(message::setHeader);
    return message;
  }

  private static String authority(Look look) {
    String literal = look.address().getHostAddress();
    int zone = literal.indexOf('%');
    String plain = zone < 0 ? literal : literal.substring(0, zone);
    return (plain.indexOf(':') < 0 ? plain : "[" + plain + "]") + ":" + look.port();
  }
}
