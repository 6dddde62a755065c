package org.strowger.checks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;

/** Banner, EHLO (or HELO), STARTTLS where wanted, QUIT (RFC 5321, RFC 3207). */
final class SmtpCheck implements Check {
  /** Most lines of one reply. */
  static final int MAX_REPLY_LINES = 64;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.:\\[\\]_-]{1,255}");

  private final String hello;
  private final String greeting;
  private final Optional<Tls> tls;

  SmtpCheck(Options options) {
    greeting = options.text("name", NAME, "a host name or address literal").orElse("strowger");
    hello = options.word("hello", List.of("EHLO", "HELO"), "EHLO");
    boolean startTls = options.flag("startTls", false);
    tls = startTls ? Optional.of(Tls.of(options)) : Optional.empty();
    if (startTls && hello.equals("HELO")) {
      options.refuse("hello", "EHLO with startTls: HELO knows no extensions");
    }
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(
        target,
        look -> {
          try (Talk talk = Talk.open(look)) {
            return talk(talk);
          }
        });
  }

  private CheckResult talk(Talk talk) throws IOException {
    String banner = ("220 " + expect(talk, "the banner", 220).getFirst()).strip();
    List<String> offered = ask(talk, hello + " " + greeting, 250);
    CheckResult result = CheckResult.passed(banner);
    if (tls.isPresent()) {
      if (offered.stream().noneMatch(line -> line.equalsIgnoreCase("STARTTLS"))) {
        throw new Unexpected("it does not offer STARTTLS");
      }
      ask(talk, "STARTTLS", 220);
      Secured secured = talk.secure(tls.get());
      ask(talk, hello + " " + greeting, 250);
      result = CheckResult.passed(secured.text() + ": " + banner);
      result = secured.warning().map(result::withWarning).orElse(result);
    }
    talk.write("QUIT\r\n"); // its answer says nothing that was not known
    return result;
  }

  private static List<String> ask(Talk talk, String command, int expected) throws IOException {
    talk.write(command + "\r\n");
    return expect(talk, "the answer to " + command, expected);
  }

  /** The texts of a reply with this code; a reply may have several lines. */
  private static List<String> expect(Talk talk, String what, int expected) throws IOException {
    talk.look().step("waiting for " + what);
    List<String> texts = new ArrayList<>();
    while (true) {
      String line = talk.line();
      if (!line.startsWith(String.valueOf(expected)) || (line.length() > 3 && !separated(line))) {
        throw new Unexpected(what + " is '" + line + "', expected " + expected);
      }
      texts.add(line.length() > 4 ? line.substring(4).strip() : "");
      if (line.length() == 3 || line.charAt(3) == ' ') {
        return texts;
      }
      if (texts.size() == MAX_REPLY_LINES) {
        throw new Unexpected(what + " has more than " + MAX_REPLY_LINES + " lines");
      }
    }
  }

  private static boolean separated(String line) {
    return line.charAt(3) == ' ' || line.charAt(3) == '-';
  }
}
