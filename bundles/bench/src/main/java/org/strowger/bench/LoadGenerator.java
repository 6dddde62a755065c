package org.strowger.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The client side, a process of its own in the clients' namespace: reads one command a line,
 * answers each with one line. It lives as long as the bench, so that its own JVM is warm.
 *
 * <ul>
 *   <li>{@code paced new|kept TARGETS RATE SECONDS}: {@code COUNT FAILED HUNG P50 P99 P999 MAX}, ms
 *   <li>{@code upload TARGETS CONNECTIONS SECONDS}: {@code BYTES SECONDS LOST FAILED}
 *   <li>{@code datagrams TARGETS FLOWS SECONDS}: {@code SENT SECONDS}
 *   <li>{@code hold TARGETS COUNT}: {@code HELD}
 *   <li>{@code cut}: {@code CUT}
 * </ul>
 *
 * What failed is answered with {@code error} and a sentence.
 */
final class LoadGenerator {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HeldClients held = new HeldClients();

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    LoadGenerator generator = new LoadGenerator();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(generator.answer(line.strip().split(" ")));
    }
    generator.held.close();
  }

  String answer(String[] words) {
    try {
      return switch (words[0]) {
        case "paced" -> paced(words);
        case "upload" -> upload(words);
        case "datagrams" -> datagrams(words);
        case "hold" ->
            String.valueOf(held.grow(Target.parseAll(words[1]), Integer.parseInt(words[2])));
        case "cut" -> String.valueOf(held.cut());
        default -> "error unknown command " + words[0];
      };
    } catch (IOException | RuntimeException e) {
      return "error " + e.toString().replace('\n', ' ');
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "error interrupted";
    }
  }

  private static String paced(String[] words) throws InterruptedException {
    List<Target> targets = Target.parseAll(words[2]);
    PacedLoad load =
        new PacedLoad(targets, Double.parseDouble(words[3]), seconds(words[4]), PATIENCE);
    PacedLoad.Outcome outcome =
        words[1].equals("kept") ? load.keptConnections() : load.newConnections();
    Latencies latencies = outcome.latencies();
    return String.format(
        Locale.ROOT,
        "%d %d %d %.4f %.4f %.4f %.4f",
        latencies.count(),
        outcome.failed(),
        outcome.hung(),
        latencies.millis(0.5),
        latencies.millis(0.99),
        latencies.millis(0.999),
        latencies.millis(1));
  }

  private static String upload(String[] words) throws InterruptedException {
    Upload.Outcome outcome =
        Upload.run(Target.parseAll(words[1]), Integer.parseInt(words[2]), seconds(words[3]));
    return String.format(
        Locale.ROOT,
        "%d %.4f %d %d",
        outcome.bytes(),
        outcome.seconds(),
        outcome.lost(),
        outcome.failed());
  }

  private static String datagrams(String[] words) throws InterruptedException {
    DatagramFlood flood =
        DatagramFlood.run(Target.parseAll(words[1]), Integer.parseInt(words[2]), seconds(words[3]));
    return String.format(Locale.ROOT, "%d %.4f", flood.sent(), flood.seconds());
  }

  private static Duration seconds(String text) {
    return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
  }
}
