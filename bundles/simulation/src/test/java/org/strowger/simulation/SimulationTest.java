package org.strowger.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code simulate} as its user meets it. */
final class SimulationTest {
  @TempDir private Path folder;

  /** What a run printed. */
  private record Ran(int code, String out, String errors) {}

  private Ran run(String lines, String... options) throws IOException {
    Path file = folder.resolve("scenarios.jsonl");
    Files.writeString(file, lines);
    List<String> arguments = new ArrayList<>(Arrays.asList(options));
    arguments.add(file.toString());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int code =
        Simulate.run(
            arguments.toArray(String[]::new),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8));
    return new Ran(
        code,
        out.toString(StandardCharsets.UTF_8),
        errors.toString(StandardCharsets.UTF_8).replace(file.toString(), "FILE"));
  }

  private static String scenario(String scheduler, String servers, String steps) {
    return "{\"name\":\"n\",\"scheduler\":\""
        + scheduler
        + "\",\"servers\":["
        + servers
        + "],\"steps\":["
        + steps
        + "]}\n";
  }

  private String chosen(String line, String... options) throws IOException {
    Ran ran = run(line, options);
    assertEquals("", ran.errors());
    assertEquals(Simulate.DONE, ran.code());
    String out = ran.out().strip();
    return out.substring(out.indexOf("\"chosen\":") + 9, out.length() - 1);
  }

  private static final String THREE = "{\"weight\":1},{\"weight\":1},{\"weight\":1}";

  @Test
  void eachLineIsPrintedAgainWithWhatWasChosen() throws IOException {
    String line = scenario("rr", THREE, "[\"open\",4]");
    Ran ran = run(line + "\n" + line);
    assertEquals(Simulate.DONE, ran.code());
    String expected = line.strip().replaceAll("}$", ",\"chosen\":[0,1,2,0]}");
    assertEquals(expected + "\n" + expected + "\n", ran.out());
  }

  @Test
  void theKernelsListBeginsWithTheNewest() throws IOException {
    String line = scenario("rr", THREE, "[\"open\",4]");
    assertEquals("[2,1,0,2]", chosen(line, "--kernel-rules"));
    assertEquals("[0,1,2,0]", chosen(line));
  }

  @Test
  void closedConnectionsStayInactiveForTwoMinutes() throws IOException {
    String two = "{\"weight\":1,\"u\":1},{\"weight\":1,\"u\":1}";
    String start = "[\"open\",3],[\"close\",0],";
    assertEquals("[0,1,-1,-1]", chosen(scenario("rr", two, start + "[\"open\",1]")));
    String waits = start + "[\"sleep\",119.9],[\"open\",1],[\"sleep\",0.1],[\"open\",2]";
    assertEquals("[0,1,-1,-1,0,-1]", chosen(scenario("rr", two, waits)));
  }

  @Test
  void theOverloadFlagHoldsUntilTheLowerThreshold() throws IOException {
    String one = "{\"weight\":1,\"u\":4,\"l\":2}";
    String steps =
        "[\"open\",5],[\"close\",0],[\"close\",1],[\"sleep\",120],[\"open\",1],"
            + "[\"close\",2],[\"sleep\",120],[\"open\",4]";
    assertEquals("[0,0,0,0,-1,-1,0,0,0,-1]", chosen(scenario("lc", one, steps)));
  }

  @Test
  void withoutALowerThresholdItHoldsUntilThreeQuarters() throws IOException {
    String one = "{\"weight\":1,\"u\":4}";
    String steps =
        "[\"open\",5],[\"close\",0],[\"sleep\",120],[\"open\",1],"
            + "[\"close\",1],[\"sleep\",120],[\"open\",3]";
    assertEquals("[0,0,0,0,-1,-1,0,0,-1]", chosen(scenario("lc", one, steps)));
  }

  @Test
  void anUnknownStepIsAnErrorAndNothingIsPlayed() throws IOException {
    String good = scenario("rr", THREE, "[\"open\",4]");
    Ran ran = run(good + scenario("rr", THREE, "[\"open\",1],[\"explode\",1]"));
    assertEquals(Simulate.REJECTED, ran.code());
    assertEquals("", ran.out());
    assertEquals(
        "FILE:2: steps.1: 'explode': expected a step: open, open_from, close, weight, del or"
            + " sleep\n",
        ran.errors());
  }

  @Test
  void everythingWrongIsToldAtOnceWithItsPlace() throws IOException {
    String lines =
        "{\"scheduler\":\"rr\"\n"
            + scenario("nosuch", THREE, "")
            + scenario("rr", "{\"weight\":-1},{\"wait\":1}", "[\"close\",0],[\"open\"]")
            + scenario("rr", THREE, "[\"del\",1],[\"weight\",1,2],[\"open_from\",1,1]")
            + "[]\n";
    Ran ran = run(lines);
    assertEquals(Simulate.REJECTED, ran.code());
    List<String> errors = ran.errors().lines().toList();
    assertEquals("FILE:1: column 18: expected ',' or '}'", errors.get(0));
    assertTrue(
        errors.get(1).startsWith("FILE:2: scheduler: 'nosuch': expected an installed scheduler: "));
    assertEquals(
        List.of(
            "FILE:3: servers.0.weight: '-1': expected a whole number from 0 to 65535",
            "FILE:3: servers.1.wait: '1': expected no key but weight, u and l",
            "FILE:3: servers.1.weight: 'null': expected a whole number from 0 to 65535",
            "FILE:3: steps.0: '0': expected the number of a connection opened before",
            "FILE:3: steps.1: '[\"open\"]': expected open with 1 argument",
            "FILE:4: steps.1: '1': expected a real server that was not removed before",
            "FILE:4: steps.2: '1': expected a whole number from 2 to 254",
            "FILE:5: expected a JSON object"),
        errors.subList(2, errors.size()));
  }

  @Test
  void aWrongCallIsAnsweredWithTheUsage() throws IOException {
    Ran ran = run("", "--kernel");
    assertEquals(Simulate.USAGE, ran.code());
    assertTrue(ran.errors().startsWith("simulate: did not expect '--kernel'\nusage: "));
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(errors, true, StandardCharsets.UTF_8);
    assertEquals(Simulate.REJECTED, Simulate.run(new String[] {"/no/such/file"}, to, to));
    assertTrue(errors.toString(StandardCharsets.UTF_8).contains("/no/such/file"));
  }

  @Test
  void optionsOfTheSchedulerAreCheckedAndUsed() throws IOException {
    String line = scenario("mh", THREE, "[\"open\",1]");
    Ran ran = run(line.replace("\"steps\"", "\"options\":{\"tableSize\":4096},\"steps\""));
    assertEquals(Simulate.REJECTED, ran.code());
    assertTrue(ran.errors().startsWith("FILE:1: options.tableSize: '4096': expected one of"));
    Ran right = run(line.replace("\"steps\"", "\"options\":{\"tableSize\":8191},\"steps\""));
    assertEquals(Simulate.DONE, right.code(), right.errors());
  }

  @Test
  void theUpperThresholdIsHardWhereTheKernelForgetsItUntilTheNextConnection() {
    // The lower threshold is above the upper one, and a template let connections pass.
    Scenario.Server server = new Scenario.Server(1, 2, 5);
    Real ours = new Real(0, server, Rules.OURS);
    Real kernels = new Real(0, server, Rules.KERNEL);
    for (Real real : List.of(ours, kernels)) {
      real.opened();
      real.opened();
      real.opened();
      real.opened();
      real.closing();
      real.gone();
      real.edit(1);
    }
    assertEquals(3, kernels.active());
    assertFalse(kernels.overloaded());
    assertTrue(ours.overloaded());
  }
}
