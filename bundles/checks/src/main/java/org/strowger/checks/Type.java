package org.strowger.checks;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.strowger.api.Check;
import org.strowger.api.CheckProvider;
import org.strowger.api.KeyPath;
import org.strowger.api.Violation;

/**
 * Offers one type of check under its name.
 *
 * @param maker reads all options and builds the check from them; what it reads is what is allowed.
 *     It looks at nothing but the options: a file that is missing today must not make the rest of
 *     the configuration invalid.
 */
record Type(String name, Function<Options, Check> maker) implements CheckProvider {

  @Override
  public List<Violation> check(Map<String, Object> given, KeyPath path) {
    Options options = new Options(name, given, path);
    Check _ = maker.apply(options); // reading them is what finds what is wrong
    return options.violations();
  }

  @Override
  public Check create(Map<String, Object> given) {
    Options options = new Options(name, given, KeyPath.of("options"));
    Check check = maker.apply(options);
    List<Violation> violations = options.violations();
    if (!violations.isEmpty()) {
      throw new IllegalArgumentException(violations.getFirst().text());
    }
    return check;
  }
}
