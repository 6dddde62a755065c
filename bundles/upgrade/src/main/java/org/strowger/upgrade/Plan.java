package org.strowger.upgrade;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The steps of an upgrade, in order. It can be written down and read back, so that one who comes
 * after a crash knows what was done.
 */
record Plan(List<Step> steps) {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  /** How a bundle is exchanged. */
  enum Way {
    /** Its content is updated in place; what depends on it is wired anew. */
    SWAP("swap"),
    /** The new version is installed beside the old one, which drains. */
    BESIDE("beside"),
    /** There was none of this name. */
    ADD("add");

    final String word;

    Way(String word) {
      this.word = word;
    }

    static Way of(String word) {
      return switch (word) {
        case "beside" -> BESIDE;
        case "add" -> ADD;
        default -> SWAP;
      };
    }
  }

  /**
   * One bundle of a step.
   *
   * @param from the version that runs; empty for one that is added
   * @param upgradeClass its word
   * @param fileName of the jar, in the folder of the extracted package and later in that of the
   *     committed bundles
   */
  record Part(String name, String from, String to, Way way, String upgradeClass, String fileName) {}

  /**
   * Bundles that are exchanged together.
   *
   * @param rewired other bundles that stop and start with them
   * @param predictedMillis how long what these bundles do is expected to be away
   */
  record Step(List<Part> parts, int rewired, long predictedMillis) {
    Step {
      parts = List.copyOf(parts);
    }

    /** For people: the one name, or how many. */
    String title() {
      return parts.size() == 1
          ? parts.getFirst().name() + " " + parts.getFirst().to()
          : parts.size() + " bundles together, " + parts.getFirst().name() + " among them";
    }

    /** The worst of its parts. */
    String upgradeClass() {
      return parts.stream().map(Part::upgradeClass).anyMatch("stateful"::equals)
          ? "stateful"
          : "plugin";
    }

    boolean beside() {
      return parts.getFirst().way() == Way.BESIDE;
    }
  }

  static final Plan NONE = new Plan(List.of());

  Plan {
    steps = List.copyOf(steps);
  }

  Map<String, String> written() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put(Words.STEPS, Integer.toString(steps.size()));
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      String key = "step." + (i + 1) + ".";
      map.put(key + "parts", Integer.toString(step.parts().size()));
      map.put(key + "rewired", Integer.toString(step.rewired()));
      map.put(key + "predictedMillis", Long.toString(step.predictedMillis()));
      for (int j = 0; j < step.parts().size(); j++) {
        Part part = step.parts().get(j);
        String at = key + "part." + (j + 1) + ".";
        map.put(at + "name", part.name());
        map.put(at + "from", part.from());
        map.put(at + "to", part.to());
        map.put(at + "way", part.way().word);
        map.put(at + "class", part.upgradeClass());
        map.put(at + "file", part.fileName());
      }
    }
    return map;
  }

  static Plan read(Map<String, String> map) {
    List<Step> steps = new ArrayList<>();
    for (int i = 1; i <= number(map, Words.STEPS); i++) {
      String key = "step." + i + ".";
      List<Part> parts = new ArrayList<>();
      for (int j = 1; j <= number(map, key + "parts"); j++) {
        String at = key + "part." + j + ".";
        parts.add(
            new Part(
                map.getOrDefault(at + "name", ""),
                map.getOrDefault(at + "from", ""),
                map.getOrDefault(at + "to", ""),
                Way.of(map.getOrDefault(at + "way", "")),
                map.getOrDefault(at + "class", ""),
                map.getOrDefault(at + "file", "")));
      }
      steps.add(
          new Step(parts, number(map, key + "rewired"), number(map, key + "predictedMillis")));
    }
    return new Plan(steps);
  }

  /** A number that this class or its like wrote; 0 where there is none. */
  static int number(Map<String, String> map, String key) {
    String text = map.getOrDefault(key, "");
    return NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
  }
}
