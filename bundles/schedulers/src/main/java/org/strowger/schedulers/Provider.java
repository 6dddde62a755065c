package org.strowger.schedulers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.strowger.api.Compilation;
import org.strowger.api.KeyPath;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.Violation;

/** Offers one scheduler of this bundle under its name. */
record Provider(
    String name,
    SchedulerKind kind,
    List<Option> options,
    Function<Options, Scheduler> maker,
    Function<Options, Compilation> compiled)
    implements SchedulerProvider {

  Provider(
      String name, SchedulerKind kind, List<Option> options, Function<Options, Scheduler> maker) {
    this(
        name,
        kind,
        options,
        maker,
        given -> kind == SchedulerKind.COUNTING ? Compilation.PICK_AHEAD : Compilation.REFUSED);
  }

  /** The same, compiled otherwise than its kind tells. */
  Provider compiled(Function<Options, Compilation> how) {
    return new Provider(name, kind, options, maker, how);
  }

  @Override
  public Compilation compilation(Map<String, Object> given) {
    return compiled.apply(new Options(given));
  }

  @Override
  public List<Violation> check(Map<String, Object> given, KeyPath path) {
    List<Violation> violations = new ArrayList<>();
    given.forEach(
        (key, value) ->
            options.stream()
                .filter(option -> option.key().equals(key))
                .findFirst()
                .ifPresentOrElse(
                    option -> {
                      if (!option.allowed().test(value)) {
                        violations.add(Violation.of(path.child(key), value, option.expected()));
                      }
                    },
                    () -> violations.add(Violation.of(path.child(key), value, known()))));
    return violations;
  }

  private String known() {
    if (options.isEmpty()) {
      return "no options: scheduler " + name + " has none";
    }
    return "an option of scheduler "
        + name
        + ": "
        + options.stream().map(Option::key).collect(Collectors.joining(", "));
  }

  @Override
  public Scheduler create(Map<String, Object> given) {
    return maker.apply(new Options(given));
  }
}
