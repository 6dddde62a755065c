package org.strowger.api;

import java.util.List;

/**
 * Who may connect. The longest prefix that contains the client decides, {@code deny} before {@code
 * allow} if both have it. A client that none contains may connect if {@code allow} is empty.
 */
public record AccessList(List<Prefix> allow, List<Prefix> deny) {
  public static final AccessList ALL = new AccessList(List.of(), List.of());

  public AccessList {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
  }
}
