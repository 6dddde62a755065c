package org.strowger.launcher;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;

/**
 * What {@code ./strowger run} without a configuration adds: real servers as processes of their own,
 * and one-time secrets for the demo user, as felix-config/demo.properties says.
 */
final class Demo implements AutoCloseable {
  private static final String REAL_SERVER = "realServer.";

  /** Without characters that look alike, so that a secret can be read aloud. */
  private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  /** 20 of 57 characters: 116 bits. */
  private static final int SECRET_LENGTH = 20;

  private final Settings settings;
  private final Properties lines;
  private final Map<String, String> secrets = new LinkedHashMap<>();
  private final List<DemoProcess> realServers = new ArrayList<>();

  private Demo(Settings settings, Properties lines) {
    this.settings = settings;
    this.lines = lines;
  }

  static Demo start(Settings settings) throws StartFailure {
    Path file = settings.setting("demo.properties");
    Properties lines = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      lines.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartFailure("The demo's settings " + file + " cannot be read: " + e + ".");
    }
    Demo demo = new Demo(settings, lines);
    try {
      demo.writeSecrets();
      demo.startRealServers();
      return demo;
    } catch (IOException e) {
      demo.close();
      throw new StartFailure("The demo cannot be prepared: " + e + ".");
    }
  }

  private void writeSecrets() throws IOException {
    SecureRandom random = new SecureRandom();
    for (String name : BundleList.words(lines.getProperty("secrets", ""))) {
      Path file = settings.state().resolve(name);
      Files.createDirectories(file.getParent(), OwnerOnly.FOLDER);
      // One may be left from a run that was killed.
      Files.deleteIfExists(file);
      Files.createFile(file, OwnerOnly.FILE);
      StringBuilder secret = new StringBuilder();
      random
          .ints(SECRET_LENGTH, 0, ALPHABET.length())
          .forEach(i -> secret.append(ALPHABET.charAt(i)));
      Files.writeString(file, secret + "\n");
      secrets.put(name, secret.toString());
    }
  }

  private void startRealServers() throws IOException {
    for (String line : new TreeSet<>(lines.stringPropertyNames())) {
      if (line.startsWith(REAL_SERVER)) {
        String name = line.substring(REAL_SERVER.length());
        realServers.add(DemoProcess.start(name, lines.getProperty(line).strip()));
      }
    }
  }

  /** Waits until each real server listens; a sentence for each that does not. */
  List<String> awaitRealServers() {
    List<String> problems = new ArrayList<>();
    for (DemoProcess realServer : realServers) {
      try {
        realServer.awaitListening();
      } catch (StartFailure e) {
        problems.addAll(e.sentences());
      }
    }
    return problems;
  }

  /** What to try now, ready to copy. */
  String banner() {
    Path jconsole = Path.of(System.getProperty("java.home"), "bin", "jconsole");
    String text = lines.getProperty("banner", "");
    for (Map.Entry<String, String> secret : secrets.entrySet()) {
      text = text.replace("{" + secret.getKey() + "}", secret.getValue());
    }
    for (DemoProcess realServer : realServers) {
      text = text.replace("{pid." + realServer.name() + "}", Long.toString(realServer.pid()));
    }
    return text.replace("{strowger}", Settings.quoted(settings.command()))
        .replace("{config}", settings.config().toString())
        .replace("{log}", settings.state().resolve("log/strowger.log").toString())
        .replace(
            "{jconsole}",
            Files.isExecutable(jconsole) ? Settings.quoted(jconsole.toString()) : "jconsole");
  }

  /** Ends the real servers and removes the secrets. */
  @Override
  public void close() {
    realServers.forEach(DemoProcess::close);
    for (String name : secrets.keySet()) {
      try {
        Files.deleteIfExists(settings.state().resolve(name));
      } catch (IOException e) {
        System.err.println("strowger: The one-time secret " + name + " was not removed: " + e);
      }
    }
  }
}
