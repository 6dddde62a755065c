package org.strowger.api;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one look at a real server showed.
 *
 * @param passed whether it serves
 * @param outcome how it failed, for machines; {@link CheckOutcome#OK} if it passed
 * @param text one line for people: what was seen, and if it failed what was expected; at most
 *     {@value #MAX_TEXT} characters, controls replaced
 * @param weight the weight it asks for, 0 to 65535; empty to leave the configured one
 * @param wanted the admin state it asks for; empty to leave the configured one
 * @param warning passed, but an operator should know: a certificate expires soon, for example
 */
public record CheckResult(
    boolean passed,
    CheckOutcome outcome,
    String text,
    OptionalInt weight,
    Optional<AdminState> wanted,
    Optional<String> warning) {
  /** Longest text kept; the rest is cut off. */
  public static final int MAX_TEXT = 200;

  public CheckResult {
    text = plain(text);
    warning = warning.map(CheckResult::plain);
    if (weight.isPresent() && (weight.getAsInt() < 0 || weight.getAsInt() > 65535)) {
      throw new IllegalArgumentException("weight " + weight.getAsInt() + ": expected 0 to 65535");
    }
  }

  /** One that says no more of a failure than that the answer was not as expected. */
  public CheckResult(
      boolean passed,
      String text,
      OptionalInt weight,
      Optional<AdminState> wanted,
      Optional<String> warning) {
    this(
        passed, passed ? CheckOutcome.OK : CheckOutcome.BAD_CONTENT, text, weight, wanted, warning);
  }

  public static CheckResult passed(String text) {
    return new CheckResult(true, text, OptionalInt.empty(), Optional.empty(), Optional.empty());
  }

  /** It answered, but not as expected. */
  public static CheckResult failed(String text) {
    return failed(CheckOutcome.BAD_CONTENT, text);
  }

  public static CheckResult failed(CheckOutcome how, String text) {
    return new CheckResult(
        false, how, text, OptionalInt.empty(), Optional.empty(), Optional.empty());
  }

  public CheckResult withWeight(int asked) {
    return new CheckResult(passed, outcome, text, OptionalInt.of(asked), wanted, warning);
  }

  public CheckResult withWanted(AdminState asked) {
    return new CheckResult(passed, outcome, text, weight, Optional.of(asked), warning);
  }

  public CheckResult withWarning(String what) {
    return new CheckResult(passed, outcome, text, weight, wanted, Optional.of(what));
  }

  /** What a stranger sent may go to a terminal, a log and a MIB: no control characters. */
  private static String plain(String text) {
    String cut = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
    return cut.codePoints().allMatch(c -> c >= ' ' && c != 0x7f && !Character.isISOControl(c))
        ? cut
        : cut.replaceAll("\\p{Cntrl}+", " ");
  }
}
