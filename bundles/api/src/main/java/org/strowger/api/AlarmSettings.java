package org.strowger.api;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How alarms are treated.
 *
 * @param history records that are kept
 * @param heartbeat time between two heartbeats, at least 1 s; zero: none
 * @param throttleRate notifications a second
 * @param throttleBurst notifications at once
 * @param profiles of each type
 * @param shelves what is put aside, by name
 * @param maintenance whether somebody works on this director: all alarms but the one that says so
 *     are shelved
 */
public record AlarmSettings(
    int history,
    Duration heartbeat,
    int throttleRate,
    int throttleBurst,
    Map<AlarmType, AlarmProfile> profiles,
    Map<String, AlarmShelf> shelves,
    boolean maintenance) {

  /** What holds where nothing is configured. */
  public static final AlarmSettings STANDARD =
      new AlarmSettings(1_000, Duration.ofSeconds(60), 50, 200, Map.of(), Map.of(), false);

  public AlarmSettings {
    Map<AlarmType, AlarmProfile> all = new EnumMap<>(AlarmType.class);
    for (AlarmType type : AlarmType.values()) {
      AlarmProfile given = profiles.get(type);
      all.put(type, given == null ? type.defaultProfile() : given);
    }
    profiles = Collections.unmodifiableMap(all);
    shelves = Collections.unmodifiableMap(new LinkedHashMap<>(shelves));
  }

  public AlarmProfile profile(AlarmType type) {
    return Objects.requireNonNull(profiles.get(type));
  }
}
