package org.strowger.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How performance is measured.
 *
 * @param realServers whether real servers have histories of their own
 */
public record PerformanceSettings(boolean realServers, Map<String, Threshold> thresholds) {
  /** What holds where nothing is configured. */
  public static final PerformanceSettings STANDARD = new PerformanceSettings(true, Map.of());

  /** What stands for all objects of a class: {@code service=*}. */
  public static final String ANY = "*";

  public PerformanceSettings {
    thresholds = Collections.unmodifiableMap(new LinkedHashMap<>(thresholds));
  }

  /**
   * Raises an alarm as soon as a bin of 15 minutes reaches a value, and clears it when a whole one
   * ends at or below another.
   *
   * @param object {@code director}, {@code service=NAME}, {@code real=POOL/NAME}; {@code *} in the
   *     place of the name stands for every one
   * @param rising at or above this it is raised
   * @param falling at or below this it is cleared; at most {@code rising}
   */
  public record Threshold(
      String name,
      String object,
      PerformanceCounter counter,
      long rising,
      long falling,
      Severity severity) {
    /** Whether it is about this object. */
    public boolean covers(Performance.ObjectId id) {
      return object.equals(id.toString())
          || (!id.name().isEmpty() && object.equals(id.objectClass().word() + "=" + ANY));
    }
  }
}
