package org.strowger.api;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One run of a hook that is due.
 *
 * @param facts what happened, in the order in which they are told: {@code event}, {@code time},
 *     {@code director}, {@code resource}, and those of the event
 */
public record HookCall(Hook hook, HookEvent event, Instant time, Map<String, String> facts) {
  public HookCall {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }
}
