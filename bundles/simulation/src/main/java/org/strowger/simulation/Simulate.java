package org.strowger.simulation;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.strowger.api.KeyPath;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.Violation;

/**
 * {@code simulate FILE}: plays each line of a file, one JSON object a line, and prints it with its
 * {@code chosen}. Nothing is played unless all lines are right.
 */
public final class Simulate {
  static final int DONE = 0;
  static final int REJECTED = 1;
  static final int USAGE = 2;

  private static final String HELP =
      "usage: simulate [--kernel-rules] [--seed NUMBER] [--bundles FOLDER] FILE";

  private final PrintStream out;
  private final PrintStream errors;
  private Rules rules = Rules.OURS;
  private long seed = 1;
  private @Nullable File bundles;
  private @Nullable Path file;

  private Simulate(PrintStream out, PrintStream errors) {
    this.out = out;
    this.errors = errors;
  }

  public static void main(String[] arguments) {
    int code = run(arguments, System.out, System.err);
    System.out.flush();
    System.exit(code);
  }

  /** The exit code: 0 done, 1 rejected, 2 usage. */
  static int run(String[] arguments, PrintStream out, PrintStream errors) {
    Simulate simulate = new Simulate(out, errors);
    String wrong = simulate.read(arguments);
    if (!wrong.isEmpty()) {
      errors.println(wrong + "\n" + HELP);
      return USAGE;
    }
    try {
      return simulate.play();
    } catch (IOException e) {
      errors.println("simulate: " + e);
      return REJECTED;
    }
  }

  /** What is wrong with the arguments, or empty. */
  private String read(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      if (argument.equals("--kernel-rules")) {
        rules = Rules.KERNEL;
      } else if (argument.equals("--seed") && value.matches("-?[0-9]{1,18}")) {
        seed = Long.parseLong(value);
        i++;
      } else if (argument.equals("--bundles") && !value.isEmpty()) {
        bundles = new File(value);
        i++;
      } else if (argument.startsWith("-") || file != null) {
        return "simulate: did not expect '" + argument + "'";
      } else {
        file = Path.of(argument);
      }
    }
    return file == null ? "simulate: no file named" : "";
  }

  private int play() throws IOException {
    Map<String, SchedulerProvider> installed =
        bundles == null ? InstalledSchedulers.ours() : InstalledSchedulers.with(bundles);
    List<Scenario> scenarios = new ArrayList<>();
    if (!readScenarios(installed, scenarios)) {
      return REJECTED;
    }
    for (Scenario scenario : scenarios) {
      SchedulerProvider provider = installed.get(scenario.scheduler());
      if (provider == null) {
        throw new IllegalStateException("checked before: " + scenario.scheduler());
      }
      try {
        out.println(JsonWriter.write(played(scenario, provider)));
      } catch (IllegalStateException e) {
        errors.println(file + ": " + scenario.line().get("name") + ": " + e.getMessage());
        return REJECTED;
      }
    }
    return DONE;
  }

  private Map<String, Object> played(Scenario scenario, SchedulerProvider provider) {
    Simulation simulation =
        new Simulation(
            scenario,
            provider.create(options(scenario, provider)),
            rules,
            new SplittableRandom(seed));
    Map<String, Object> line = new LinkedHashMap<>(scenario.line());
    line.put("chosen", simulation.play());
    return line;
  }

  /** Those of the scenario, and the kernel's rules where they are wanted and known. */
  private Map<String, Object> options(Scenario scenario, SchedulerProvider provider) {
    Map<String, Object> options = new HashMap<>(scenario.options());
    if (rules == Rules.KERNEL) {
      options.putIfAbsent("kernelRules", true);
      if (!provider.check(options, KeyPath.of("options")).isEmpty()) {
        return scenario.options();
      }
    }
    return options;
  }

  private boolean readScenarios(Map<String, SchedulerProvider> installed, List<Scenario> scenarios)
      throws IOException {
    boolean right = true;
    Path from = file;
    if (from == null) {
      throw new IllegalStateException("checked before: no file");
    }
    try (BufferedReader reader = Files.newBufferedReader(from)) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank()) {
          right &= readScenario(line, from + ":" + number, installed, scenarios);
        }
      }
    }
    return right;
  }

  private boolean readScenario(
      String line,
      String where,
      Map<String, SchedulerProvider> installed,
      List<Scenario> scenarios) {
    Object value;
    try {
      value = JsonReader.read(line);
    } catch (JsonSyntaxException e) {
      errors.println(where + ": " + e.getMessage());
      return false;
    }
    if (!(value instanceof Map<?, ?> object)) {
      errors.println(where + ": expected a JSON object");
      return false;
    }
    Map<String, Object> named = new LinkedHashMap<>();
    object.forEach((key, one) -> named.put(String.valueOf(key), one));
    ScenarioReader reader = new ScenarioReader(named);
    Scenario scenario = reader.read();
    List<Violation> violations = new ArrayList<>(reader.violations());
    if (violations.isEmpty()) {
      violations.addAll(checked(scenario, installed));
    }
    violations.forEach(violation -> errors.println(violation.at(where).text()));
    scenarios.add(scenario);
    return violations.isEmpty();
  }

  private static List<Violation> checked(
      Scenario scenario, Map<String, SchedulerProvider> installed) {
    SchedulerProvider provider = installed.get(scenario.scheduler());
    if (provider == null) {
      String known = "an installed scheduler: " + String.join(", ", installed.keySet());
      return List.of(Violation.of(KeyPath.of("scheduler"), scenario.scheduler(), known));
    }
    return provider.check(scenario.options(), KeyPath.of("options"));
  }
}
