package org.strowger.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the command line of {@link Main} says.
 *
 * @param home the distribution: lib, bundles, felix-config
 * @param state the writable folder of this director
 * @param config the operator's file
 * @param demo whether to start the demo's real servers and make its one-time secrets
 * @param fresh whether to forget what earlier runs left in the state folder
 * @param command how the user called the script, for the lines he is to copy
 */
record Settings(Path home, Path state, Path config, boolean demo, boolean fresh, String command) {
  static final String USAGE =
      "usage: Main --home DIR --state DIR --config FILE [--demo] [--fresh] [--command NAME]";
  private static final Set<String> FLAGS = Set.of("--demo", "--fresh");
  private static final Set<String> WITH_VALUE =
      Set.of("--home", "--state", "--config", "--command");

  /**
   * @throws IllegalArgumentException when the words are not understood
   * @throws StartFailure when a file they name is not there
   */
  static Settings parse(String... words) throws StartFailure {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < words.length; i++) {
      if (FLAGS.contains(words[i])) {
        values.put(words[i], "");
      } else if (WITH_VALUE.contains(words[i]) && i + 1 < words.length) {
        values.put(words[i], words[++i]);
      } else {
        throw new IllegalArgumentException("Not understood: " + words[i] + ". " + USAGE);
      }
    }
    Settings settings =
        new Settings(
            path(values, "--home"),
            path(values, "--state"),
            path(values, "--config"),
            values.containsKey("--demo"),
            values.containsKey("--fresh"),
            values.getOrDefault("--command", "./strowger"));
    settings.check();
    return settings;
  }

  private static Path path(Map<String, String> values, String word) {
    String value = values.get(word);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(word + " is missing. " + USAGE);
    }
    return Path.of(value).toAbsolutePath().normalize();
  }

  private void check() throws StartFailure {
    if (!Files.isRegularFile(config)) {
      throw new StartFailure("The configuration file " + config + " does not exist.");
    }
    if (!Files.isReadable(config)) {
      throw new StartFailure("The configuration file " + config + " may not be read.");
    }
    if (!Files.isDirectory(home.resolve("bundles"))) {
      throw new StartFailure("There is no distribution in " + home + ": it has no bundles folder.");
    }
  }

  /** A file of the distribution's settings. */
  Path setting(String name) {
    return home.resolve("felix-config").resolve(name);
  }
}
