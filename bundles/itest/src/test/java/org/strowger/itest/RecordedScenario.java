package org.strowger.itest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.strowger.testkit.Distribution;

/**
 * What Linux 6.12's IPVS chose, from the file of the schedulers' own parity tests.
 *
 * @param servers their thresholds, as keys of the configuration
 * @param weights of the same
 * @param chosen number of the real server of each connection, -1 where it was refused
 */
record RecordedScenario(
    String name,
    String scheduler,
    List<String> servers,
    List<Integer> weights,
    List<Step> steps,
    List<Integer> chosen) {
  private static final String FILE =
      "bundles/simulation/src/test/resources/org/strowger/simulation/ipvs-sequences.jsonl";
  private static final Pattern WORD = Pattern.compile("\"(name|scheduler)\":\"([^\"]*)\"");
  private static final Pattern SERVER =
      Pattern.compile("\\{\"weight\":(\\d+)(?:,\"u\":(\\d+),\"l\":(\\d+))?\\}");
  private static final Pattern STEP = Pattern.compile("\\[\"(\\w+)\",(\\d+)(?:,(\\d+))?\\]");
  private static final Pattern CHOSEN = Pattern.compile("\"chosen\":\\[([-0-9,]*)\\]");

  /**
   * A step.
   *
   * @param second -1 if it has only one number
   */
  record Step(String what, int first, int second) {}

  @Override
  public String toString() {
    return name;
  }

  /** Those with these names, in the order of the names. */
  static List<RecordedScenario> named(List<String> names) throws IOException {
    Path file = Distribution.ofThisRepository().repository().resolve(FILE);
    List<String> lines = Files.readAllLines(file);
    List<RecordedScenario> found = new ArrayList<>();
    for (String name : names) {
      String start = "{\"name\":\"" + name + "\"";
      found.add(
          read(lines.stream().filter(line -> line.startsWith(start)).findFirst().orElseThrow()));
    }
    return found;
  }

  private static RecordedScenario read(String line) {
    Matcher words = WORD.matcher(line);
    words.find();
    String name = words.group(2);
    words.find();
    List<String> servers = new ArrayList<>();
    List<Integer> weights = new ArrayList<>();
    for (Matcher m = SERVER.matcher(line); m.find(); ) {
      weights.add(Integer.valueOf(m.group(1)));
      servers.add(
          m.group(2) == null
              ? ""
              : ", upperThreshold: " + m.group(2) + ", lowerThreshold: " + m.group(3));
    }
    List<Step> steps = new ArrayList<>();
    for (Matcher m = STEP.matcher(line); m.find(); ) {
      int second = m.group(3) == null ? -1 : Integer.parseInt(m.group(3));
      steps.add(new Step(m.group(1), Integer.parseInt(m.group(2)), second));
    }
    Matcher all = CHOSEN.matcher(line);
    all.find();
    List<Integer> chosen = new ArrayList<>();
    for (String one : all.group(1).split(",", -1)) {
      chosen.add(Integer.valueOf(one));
    }
    return new RecordedScenario(name, words.group(2), servers, weights, steps, chosen);
  }
}
