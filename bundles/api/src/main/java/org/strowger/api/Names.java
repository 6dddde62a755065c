package org.strowger.api;

import java.util.regex.Pattern;

/** The one rule for names: they are the identity of everything in YAML, SNMP, JMX and logs. */
public final class Names {
  /** Letters, digits, dot, underscore and hyphen, starting with a letter or digit; 1 to 32. */
  public static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");

  private Names() {}

  public static boolean valid(String name) {
    return PATTERN.matcher(name).matches();
  }
}
