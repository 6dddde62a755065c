package org.strowger.schedulers;

import java.util.function.Predicate;

/**
 * An option of a scheduler.
 *
 * @param key in {@code schedulerOptions}
 * @param expected what is allowed, in words
 */
record Option(String key, String expected, Predicate<Object> allowed) {
  static final Option KERNEL_RULES = flag("kernelRules");

  static Option flag(String key) {
    return new Option(key, "true or false", value -> value instanceof Boolean);
  }

  /** A whole number from {@code least} to {@code most}. */
  static Option number(String key, long least, long most) {
    return new Option(
        key,
        "a whole number from " + least + " to " + most,
        value -> whole(value) && within((Number) value, least, most));
  }

  private static boolean whole(Object value) {
    return value instanceof Integer || value instanceof Long;
  }

  private static boolean within(Number value, long least, long most) {
    return value.longValue() >= least && value.longValue() <= most;
  }
}
