package org.strowger.launcher;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * felix-config/config.properties: which bundles start in which order, and the settings of the
 * framework.
 *
 * @param levels bundle names by start level
 * @param settings all the other lines
 */
record BundleList(SortedMap<Integer, List<String>> levels, Map<String, String> settings) {
  static final int MAX_LEVEL = 99;
  private static final String BUNDLES = "strowger.bundles.";

  /**
   * @param winning properties that win over the file's lines of the same name
   */
  static BundleList read(Path file, Properties winning) throws StartFailure {
    Properties lines = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      lines.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartFailure("The bundle list " + file + " cannot be read: " + e + ".");
    }
    Map<String, String> settings = new HashMap<>();
    lines.stringPropertyNames().forEach(name -> settings.put(name, lines.getProperty(name)));
    for (String name : winning.stringPropertyNames()) {
      if (settings.containsKey(name) || name.startsWith(BUNDLES)) {
        settings.put(name, winning.getProperty(name));
      }
    }
    return new BundleList(takeLevels(file, settings), settings);
  }

  private static SortedMap<Integer, List<String>> takeLevels(
      Path file, Map<String, String> settings) throws StartFailure {
    SortedMap<Integer, List<String>> levels = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, String> line : Map.copyOf(settings).entrySet()) {
      String key = line.getKey();
      if (key.startsWith(BUNDLES)) {
        settings.remove(key);
        List<String> names = words(line.getValue());
        for (String name : names) {
          if (!seen.add(name)) {
            throw new StartFailure("The bundle list " + file + " names " + name + " twice.");
          }
        }
        levels.put(level(file, key), names);
      }
    }
    return levels;
  }

  private static int level(Path file, String key) throws StartFailure {
    String digits = key.substring(BUNDLES.length());
    if (!digits.matches("[1-9][0-9]?")) {
      throw new StartFailure(
          "The bundle list %s has the line %s, expected %sLEVEL with LEVEL from 1 to %d."
              .formatted(file, key, BUNDLES, MAX_LEVEL));
    }
    return Integer.parseInt(digits);
  }

  /** The highest start level, where bundles go that the list does not know. */
  int lastLevel() {
    return levels.isEmpty() ? 1 : levels.lastKey();
  }

  /** A setting that is a list of words; empty where the line is missing. */
  List<String> words(String setting, String otherwise) {
    return words(settings.getOrDefault(setting, otherwise));
  }

  /** A setting that is a number of seconds. */
  int seconds(String setting, int otherwise) throws StartFailure {
    String text = settings.getOrDefault(setting, Integer.toString(otherwise)).strip();
    if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > 600) {
      throw new StartFailure(
          "The setting " + setting + " is " + text + ", expected seconds from 1 to 600.");
    }
    return Integer.parseInt(text);
  }

  /** The words of a text, parted by white space or commas. */
  static List<String> words(String text) {
    return Arrays.stream(text.split("[\\s,]+", -1)).filter(word -> !word.isEmpty()).toList();
  }
}
