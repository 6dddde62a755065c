package org.strowger.schedulers;

import java.time.Duration;
import java.util.Map;

/** The options of one virtual service's scheduler, after they passed the check. */
record Options(Map<String, Object> values) {
  static final Options NONE = new Options(Map.of());

  Options {
    values = Map.copyOf(values);
  }

  /** Whether the kernel's rule is to be followed where ours differs. */
  boolean kernelRules() {
    return flag(Option.KERNEL_RULES, false);
  }

  boolean flag(Option option, boolean otherwise) {
    return values.get(option.key()) instanceof Boolean set ? set : otherwise;
  }

  int number(Option option, int otherwise) {
    return values.get(option.key()) instanceof Number set ? set.intValue() : otherwise;
  }

  String text(Option option, String otherwise) {
    return values.get(option.key()) instanceof String set ? set : otherwise;
  }

  Duration duration(Option option, Duration otherwise) {
    return values.get(option.key()) instanceof String set
        ? Option.read(set).orElse(otherwise)
        : otherwise;
  }
}
