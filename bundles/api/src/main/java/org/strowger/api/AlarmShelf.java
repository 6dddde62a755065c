package org.strowger.api;

import java.time.Instant;
import java.util.Optional;

/**
 * What an operator put aside: matching alarms stay in the list, marked, and are not notified.
 *
 * @param type of the alarms; empty for all types
 * @param resource of the alarms; {@code *} stands for any text
 * @param until when it ends by itself; empty: when it is removed
 */
public record AlarmShelf(
    String name,
    Optional<AlarmType> type,
    String resource,
    Optional<Instant> until,
    String comment) {

  /** Whether it is in force at this moment and about this alarm. */
  public boolean matches(AlarmType other, String otherResource, Instant now) {
    return until.map(now::isBefore).orElse(true)
        && type.map(other::equals).orElse(true)
        && matches(resource, otherResource);
  }

  /** Without a regular expression, so that no pattern can be slow: linear for one star. */
  private static boolean matches(String pattern, String text) {
    int star = pattern.indexOf('*');
    if (star < 0) {
      return pattern.equals(text);
    }
    String head = pattern.substring(0, star);
    if (!text.startsWith(head)) {
      return false;
    }
    String rest = pattern.substring(star + 1);
    if (rest.indexOf('*') < 0) {
      return text.length() >= head.length() + rest.length() && text.endsWith(rest);
    }
    String next = rest.substring(0, rest.indexOf('*'));
    int found = text.indexOf(next, star);
    return found >= 0 && matches(rest, text.substring(found));
  }
}
