package org.strowger.checks;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.strowger.api.AdminState;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;

/**
 * Asks an agent on the real server how it is, in the words of HAProxy's agent-check: {@code up},
 * {@code down}, {@code fail}, {@code stopped}, {@code drain}, {@code maint}, {@code ready}, and a
 * percentage of the configured weight. Several words stand in one line, between blanks, commas or
 * tabs; what follows {@code #} is for people.
 */
final class AgentCheck implements Check {
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,4})%");
  private static final int MAX_WEIGHT = 65535;

  private final Optional<String> question;
  private final boolean required;

  AgentCheck(Options options) {
    question = options.text("send", 256);
    required = options.flag("required", true);
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(
        target,
        look -> {
          try (Talk talk = Talk.open(look)) {
            if (question.isPresent()) {
              talk.write(question.get());
            }
            look.step("waiting for the agent's words");
            return said(talk.line(), target.weight());
          } catch (Unexpected seen) {
            throw seen;
          } catch (IOException silent) {
            if (required || Thread.currentThread().isInterrupted()) {
              throw silent;
            }
            return CheckResult.passed("the agent does not answer")
                .withWarning("the agent does not answer");
          }
        });
  }

  /** The result that the agent's line asks for. */
  static CheckResult said(String line, int weight) throws Unexpected {
    int comment = line.indexOf('#');
    String words = comment < 0 ? line : line.substring(0, comment);
    boolean up = true;
    boolean understood = false;
    Optional<AdminState> wanted = Optional.empty();
    OptionalInt asked = OptionalInt.empty();
    StringBuilder strange = new StringBuilder();
    for (String word : words.toLowerCase(Locale.ROOT).split("[\\s,]+")) {
      if (word.isEmpty()) {
        continue;
      }
      Matcher percent = PERCENT.matcher(word);
      understood = true;
      switch (word) {
        case "up" -> up = true;
        case "down", "fail", "stopped" -> up = false;
        case "drain" -> wanted = Optional.of(AdminState.DRAIN);
        case "maint" -> wanted = Optional.of(AdminState.OUT_OF_SERVICE);
        case "ready" -> wanted = Optional.of(AdminState.IN_SERVICE);
        default -> {
          if (percent.matches()) {
            asked = OptionalInt.of(share(Integer.parseInt(percent.group(1)), weight));
          } else {
            strange.append(strange.isEmpty() ? "" : " ").append(word);
          }
        }
      }
    }
    String text = "the agent says '" + line.strip() + "'";
    if (!understood || (strange.length() > 0 && asked.isEmpty() && wanted.isEmpty())) {
      throw new Unexpected(
          text + ", expected up, down, fail, stopped, drain, maint, ready or a percentage");
    }
    Optional<String> warning =
        strange.isEmpty() ? Optional.empty() : Optional.of("not understood: " + strange);
    return new CheckResult(up, text, asked, wanted, warning);
  }

  /** At least 1 for a share above 0: rounding must not quiesce. */
  private static int share(int percent, int weight) {
    long exact = (long) weight * percent / 100;
    return percent > 0 && weight > 0 ? Math.clamp(exact, 1, MAX_WEIGHT) : 0;
  }
}
