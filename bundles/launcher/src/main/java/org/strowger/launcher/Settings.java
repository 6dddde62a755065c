package org.strowger.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What the command line of {@link Main} says.
 *
 * @param home the distribution: lib, bundles, felix-config
 * @param state the writable folder of this director
 * @param config the operator's file
 * @param demo whether to start the demo's real servers and make its one-time secrets
 * @param fresh whether to forget what earlier runs left in the state folder
 * @param lastState the file to name the state folder in once the director is ready, for the command
 *     line to find it; null for none
 * @param command how the user called the script, for the lines he is to copy
 */
record Settings(
    Path home,
    Path state,
    Path config,
    boolean demo,
    boolean fresh,
    @Nullable Path lastState,
    String command) {
  static final String USAGE =
      "usage: Main --home DIR --state DIR --config FILE [--demo] [--fresh] [--last-state FILE]"
          + " [--command NAME]";
  private static final Set<String> FLAGS = Set.of("--demo", "--fresh");
  private static final Set<String> WITH_VALUE =
      Set.of("--home", "--state", "--config", "--last-state", "--command");

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
            values.containsKey("--last-state") ? path(values, "--last-state") : null,
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

  /** So that {@code cli} finds the director without being told; not worth a start when it fails. */
  void remember(Logger log) {
    if (lastState == null) {
      return;
    }
    Path file = lastState;
    try {
      Path folder = Objects.requireNonNullElse(file.getParent(), file);
      Files.createDirectories(folder, OwnerOnly.FOLDER);
      Path fresh = Files.createTempFile(folder, ".last-state", "");
      Files.writeString(fresh, state + "\n");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("why", e.toString())
          .log("The state folder is not remembered: cli needs --state");
    }
  }

  /** Where to look and how to talk to the director, ready to copy. */
  String whereabouts() {
    return """
        Configuration: %s
        State folder: %s
        Log: %s
        Talk to it: %s cli --state %s show services"""
        .formatted(
            config,
            state,
            state.resolve("log/strowger.log"),
            quoted(command),
            quoted(state.toString()));
  }

  /** As a shell reads it back. */
  static String quoted(String word) {
    return word.matches("[\\w./+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
