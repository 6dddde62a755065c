package org.strowger.bpf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.strowger.testkit.Street;

/** A {@link PlaneProcess} in the director's house of a street. */
final class HousedPlane {
  private final Street street;
  private final Path pins;
  private final Path object;
  private Process process;
  private BufferedReader answers;

  /**
   * Starts it.
   *
   * @param pins folder of its BPF file system
   * @param object the programs
   */
  HousedPlane(Street street, Path pins, Path object) throws IOException {
    this.street = street;
    this.pins = pins;
    this.object = object;
    process = launch();
    answers = answers();
  }

  /** Starts it again, after {@link #kill}. */
  void start() throws IOException {
    process = launch();
    answers = answers();
  }

  private Process launch() throws IOException {
    List<String> words = new ArrayList<>();
    words.add("nsenter");
    words.add("--net=/run/netns/" + street.name("director"));
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("--enable-native-access=ALL-UNNAMED");
    words.add("-XX:TieredStopAtLevel=1");
    words.add("-cp");
    words.add(System.getProperty("java.class.path"));
    words.add(PlaneProcess.class.getName());
    words.add(pins.toString());
    words.add(object.toAbsolutePath().toString());
    return new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private BufferedReader answers() {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  String say(String command) throws IOException {
    process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith("answer ")) {
        return line.substring("answer ".length());
      }
    }
    throw new IOException("the plane's process has ended");
  }

  /**
   * Has it forward these services and no others.
   *
   * @param services as {@link PlaneProcess} reads them, with ; between
   * @return the plane's events, as a text
   */
  String want(String services) throws IOException {
    for (String each : services.split(";")) {
      say("want " + each);
    }
    return say("apply");
  }

  /** kill -9 */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
