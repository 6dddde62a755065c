package org.strowger.api;

import java.util.List;
import java.util.Map;

/**
 * Offers a type of health check by name; an OSGi service. A bundle dropped in with one of these is
 * all a third party needs to add a type.
 */
public interface CheckProvider {
  /** The name used as {@code type:} of a check in the configuration. */
  String name();

  /**
   * Checks the options; empty if all is well.
   *
   * @param options {@code options} of the check
   * @param path where they stand, for the violations
   */
  List<Violation> check(Map<String, Object> options, KeyPath path);

  /** A new check with options that passed {@link #check}. */
  Check create(Map<String, Object> options);
}
