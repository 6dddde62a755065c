package org.strowger.checks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;

/**
 * SIP OPTIONS over UDP or TCP (RFC 3261, sections 11 and 17.1.2). Over UDP it is sent again after
 * 500 ms, doubling to 4 s, so that one lost datagram is no verdict. Provisional answers are waited
 * out; answers to other requests are not for us.
 */
final class SipCheck implements Check {
  /** Most messages read in one look. */
  static final int MAX_MESSAGES = 32;

  static final int MAX_HEADERS = 64;
  private static final long T1_MILLIS = 500;
  private static final long T2_MILLIS = 4000;
  private static final Pattern URI = Pattern.compile("sips?:[\\x21-\\x7e&&[^<>\"]]{1,255}");

  private final boolean tcp;
  private final Ranges status;
  private final Optional<String> uri;
  private final String from;

  SipCheck(Options options) {
    tcp = options.word("transport", List.of("udp", "tcp"), "udp").equals("tcp");
    status = Ranges.of(options, "status", 200, 699, "200-299");
    uri = options.text("uri", URI, "a SIP URI such as sip:ping@example.net");
    from = options.text("from", URI, "a SIP URI").orElse("sip:strowger@strowger.invalid");
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(target, tcp ? this::overTcp : this::overUdp);
  }

  /** What makes a request and its answers belong together. */
  record Transaction(String branch, String callId, String tag) {
    static Transaction random() {
      return new Transaction("z9hG4bK" + token(), token() + "@strowger", token());
    }

    private static String token() {
      return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }
  }

  private CheckResult overUdp(Look look) throws IOException {
    Transaction transaction = Transaction.random();
    try (Datagrams datagrams = Datagrams.open(look)) {
      look.step("waiting for the answer to OPTIONS");
      byte[] request =
          request(look, transaction, "UDP", datagrams.localAddress(), datagrams.localPort());
      datagrams.send(request);
      long again = T1_MILLIS;
      for (int messages = 0; messages < MAX_MESSAGES; messages++) {
        try {
          Optional<CheckResult> result = read(datagrams.receive(again), transaction);
          if (result.isPresent()) {
            return result.get();
          }
        } catch (SocketTimeoutException silent) {
          look.remainingMillis(); // throws at the end of the look's time
          datagrams.send(request);
          again = Math.min(T2_MILLIS, again * 2);
        }
      }
    }
    throw new Unexpected("no final answer to OPTIONS among " + MAX_MESSAGES + " messages");
  }

  private Optional<CheckResult> read(byte[] datagram, Transaction transaction) throws Unexpected {
    List<String> lines =
        new String(datagram, StandardCharsets.UTF_8).lines().limit(MAX_HEADERS + 1).toList();
    return answer(lines, transaction);
  }

  private CheckResult overTcp(Look look) throws IOException {
    Transaction transaction = Transaction.random();
    try (Talk talk = Talk.open(look)) {
      look.step("waiting for the answer to OPTIONS");
      talk.write(
          request(
              look,
              transaction,
              "TCP",
              talk.socket().getLocalAddress(),
              talk.socket().getLocalPort()));
      for (int messages = 0; messages < MAX_MESSAGES; messages++) {
        Optional<CheckResult> result = answer(head(talk), transaction);
        if (result.isPresent()) {
          return result.get();
        }
      }
    }
    throw new Unexpected("no final answer to OPTIONS among " + MAX_MESSAGES + " messages");
  }

  /** The lines of a head; the body behind it is read and dropped. */
  private static List<String> head(Talk talk) throws IOException {
    List<String> lines = new java.util.ArrayList<>();
    for (String line = talk.line(); !line.isEmpty() || lines.isEmpty(); line = talk.line()) {
      if (!line.isEmpty()) { // keep-alive CR LF before a message
        lines.add(line);
      }
      if (lines.size() > MAX_HEADERS) {
        throw new Unexpected("it sent more than " + MAX_HEADERS + " headers");
      }
    }
    String length = header(lines, "content-length", "l").orElse("0");
    if (!length.matches("[0-9]{1,6}")) {
      throw new Unexpected("no valid SIP: Content-Length " + length);
    }
    talk.read(Math.min(Integer.parseInt(length), Talk.MAX_BYTES));
    return lines;
  }

  private byte[] request(
      Look look, Transaction transaction, String transport, InetAddress local, int port) {
    String host = literal(local);
    String to = uri.orElse("sip:" + literal(look.address()) + ":" + look.port());
    return """
        OPTIONS %s SIP/2.0
        Via: SIP/2.0/%s %s:%d;branch=%s;rport
        Max-Forwards: 70
        From: <%s>;tag=%s
        To: <%s>
        Call-ID: %s
        CSeq: 1 OPTIONS
        Contact: <sip:%s:%d>
        Accept: application/sdp
        User-Agent: Strowger
        Content-Length: 0

        """
        .formatted(
            to,
            transport,
            host,
            port,
            transaction.branch,
            from,
            transaction.tag,
            to,
            transaction.callId,
            host,
            port)
        .replace("\n", "\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String literal(InetAddress address) {
    String literal = address.getHostAddress();
    int zone = literal.indexOf('%');
    String plain = zone < 0 ? literal : literal.substring(0, zone);
    return plain.indexOf(':') < 0 ? plain : "[" + plain + "]";
  }

  /** The result, or empty if this is provisional or not an answer to the request. */
  Optional<CheckResult> answer(List<String> lines, Transaction transaction) throws Unexpected {
    String first = lines.isEmpty() ? "" : lines.getFirst();
    if (!first.matches("SIP/2\\.0 [1-6][0-9]{2}( .*)?")) {
      if (first.endsWith(" SIP/2.0")) {
        return Optional.empty(); // a request of the other side
      }
      throw new Unexpected("no valid SIP: '" + first + "'");
    }
    boolean ours =
        header(lines, "call-id", "i").filter(transaction.callId::equals).isPresent()
            && header(lines, "cseq", "cseq").filter(cseq -> cseq.endsWith("OPTIONS")).isPresent();
    int code = Integer.parseInt(first.substring(8, 11));
    if (!ours || code < 200) {
      return Optional.empty();
    }
    if (!status.contains(code)) {
      throw new Unexpected("'" + first + "', expected status " + status);
    }
    return Optional.of(CheckResult.passed(first));
  }

  private static Optional<String> header(List<String> lines, String name, String compact) {
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        String key = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        if (key.equals(name) || key.equals(compact)) {
          return Optional.of(line.substring(colon + 1).strip());
        }
      }
    }
    return Optional.empty();
  }
}
