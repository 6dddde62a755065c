package org.strowger.api;

/**
 * A condition that holds, as a bundle other than the director sees it.
 *
 * @param resource DN-like: {@code user=noc}
 * @param severity by its circumstances; the default of the type leaves it to the configuration
 */
public record AlarmCondition(AlarmType type, String resource, String text, Severity severity) {
  /** One as grave as its type. */
  public AlarmCondition(AlarmType type, String resource, String text) {
    this(type, resource, text, type.defaultSeverity());
  }
}
