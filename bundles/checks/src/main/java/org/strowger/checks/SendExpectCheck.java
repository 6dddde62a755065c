package org.strowger.checks;

import com.google.re2j.Pattern;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;

/**
 * A dialogue over TCP or TLS: each step sends bytes or waits until the expected ones are among
 * those received since the step before, and consumes up to their end.
 */
final class SendExpectCheck implements Check {
  static final int MAX_STEPS = 32;

  /** Most bytes looked through for what one step expects. */
  static final int MAX_SEARCHED = 64 * 1024;

  private sealed interface Step {
    final class Send implements Step {
      private final byte[] bytes;

      Send(byte[] bytes) {
        this.bytes = bytes;
      }
    }

    final class Expect implements Step {
      private final byte[] bytes;
      private final String text;

      Expect(byte[] bytes, String text) {
        this.bytes = bytes;
        this.text = text;
      }
    }

    /** Matched line by line, so that the time stays linear in what was received. */
    record ExpectLine(Pattern expression) implements Step {}
  }

  private static final String EXPECTED =
      "texts that start with send, sendHex, expect, expectHex or expectLine and a blank";

  private final List<Step> steps;
  private final Optional<Tls> tls;

  SendExpectCheck(Options options) {
    steps = options.list("dialogue", MAX_STEPS, EXPECTED, value -> step(String.valueOf(value)));
    if (!options.has("dialogue")) {
      options.refuse("dialogue", "a list of " + EXPECTED);
    }
    tls = options.flag("tls", false) ? Optional.of(Tls.of(options)) : Optional.empty();
  }

  private static Optional<Step> step(String written) {
    int blank = written.indexOf(' ');
    if (blank < 0 || blank + 1 == written.length() || written.length() > Options.MAX_TEXT) {
      return Optional.empty();
    }
    String text = written.substring(blank + 1);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return switch (written.substring(0, blank)) {
      case "send" -> Optional.of(new Step.Send(bytes));
      case "sendHex" -> Options.readHex(text, Options.MAX_TEXT).map(Step.Send::new);
      case "expect" -> Optional.of(new Step.Expect(bytes, text));
      case "expectHex" ->
          Options.readHex(text, Options.MAX_TEXT).map(hex -> new Step.Expect(hex, text));
      case "expectLine" -> Options.readExpression(text).map(Step.ExpectLine::new);
      default -> Optional.empty();
    };
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(
        target,
        look -> {
          try (Talk talk = Talk.open(look)) {
            Optional<String> warning =
                tls.isPresent() ? talk.secure(tls.get()).warning() : Optional.empty();
            for (Step step : steps) {
              play(talk, step);
            }
            CheckResult result = CheckResult.passed("all " + steps.size() + " steps went well");
            return warning.map(result::withWarning).orElse(result);
          }
        });
  }

  private static void play(Talk talk, Step step) throws IOException {
    switch (step) {
      case Step.Send send -> {
        talk.look().step("sending " + send.bytes.length + " bytes");
        talk.write(send.bytes);
      }
      case Step.Expect expect -> await(talk, expect);
      case Step.ExpectLine line -> await(talk, line.expression);
    }
  }

  private static void await(Talk talk, Step.Expect expect) throws IOException {
    talk.look().step("waiting for '" + expect.text + "'");
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    Search search = new Search(expect.bytes);
    while (true) {
      int next = talk.read();
      if (next < 0 || seen.size() == MAX_SEARCHED) {
        throw new Unexpected(
            (next < 0 ? "it closed the connection after " : "it sent more than ")
                + seen.size()
                + " bytes without '"
                + expect.text
                + "': "
                + new String(Arrays.copyOf(seen.toByteArray(), 60), StandardCharsets.UTF_8));
      }
      seen.write(next);
      if (search.found((byte) next)) {
        return;
      }
    }
  }

  private static void await(Talk talk, Pattern expression) throws IOException {
    talk.look().step("waiting for a line with '" + expression + "'");
    int searched = 0;
    String last = "";
    while (searched <= MAX_SEARCHED) {
      last = talk.line();
      searched += last.length() + 1;
      if (expression.matcher(last).find()) {
        return;
      }
    }
    throw new Unexpected(
        "it sent more than " + MAX_SEARCHED + " bytes without '" + expression + "': " + last);
  }
}
