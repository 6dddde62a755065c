package org.strowger.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The load: wrk for as much as goes, our own generator for what wrk does not see. */
final class Clients implements AutoCloseable {
  /** As many threads as real servers: with "direct" each has one for itself. */
  private static final int THREADS = Place.REAL_SERVERS;

  private static final int BULK_CONNECTIONS = 6;

  private final Place place;
  private final Path script;
  private final Child generator;

  /** Latencies in ms; NaN where nothing was answered. */
  record Paced(long answered, long failed, long hung, double p50, double p99, double p999) {}

  /** Bytes lost are those that a real server did not get, or got too often. */
  record Uploaded(double gbitPerSecond, double gigabytes, long lost, long failed) {}

  Clients(Place place) throws IOException {
    this.place = place;
    this.script = Files.writeString(place.folder().resolve("targets.lua"), Wrk.SCRIPT);
    this.generator =
        Child.startToTalk(
            "generator",
            place.folder(),
            place.in("client", Jvm.command(LoadGenerator.class, place.folder(), "-XX:+UseZGC")));
  }

  /** Whether a request is answered there. */
  boolean served(Target target) {
    try {
      return paced(List.of(target), false, 20, Duration.ofMillis(100)).answered() > 0;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  Wrk connections(List<Target> targets, int connections, Duration length)
      throws IOException, InterruptedException {
    long before = ProcessFigures.tcp(generator.pid(), "ActiveOpens");
    Wrk run = wrk(targets, connections, length, "/1k", "-H", "Connection: close");
    long opened = ProcessFigures.tcp(generator.pid(), "ActiveOpens") - before;
    if (opened < run.requests()) {
      throw new IllegalStateException(
          "%.0f requests on only %d connections: these are no new connections"
              .formatted(run.requests(), opened));
    }
    return run;
  }

  Wrk keepAlive(List<Target> targets, int connections, Duration length)
      throws IOException, InterruptedException {
    return wrk(targets, connections, length, "/1k");
  }

  Wrk download(List<Target> targets, Duration length) throws IOException, InterruptedException {
    return wrk(targets, BULK_CONNECTIONS, length, "/bulk");
  }

  private Wrk wrk(
      List<Target> targets, int connections, Duration length, String path, String... more)
      throws IOException, InterruptedException {
    long seconds = Math.max(1, length.toSeconds()); // wrk knows whole ones
    List<String> command = new ArrayList<>(List.of("wrk", "-t"));
    command.add(String.valueOf(Math.min(THREADS, connections)));
    command.addAll(List.of("-c", String.valueOf(connections), "-d", seconds + "s"));
    command.addAll(List.of("--timeout", "5s", "-s", script.toString()));
    command.addAll(List.of(more));
    command.add("http://" + targets.getFirst() + path);
    Map<String, String> environment = Map.of(Wrk.TARGETS, Target.join(targets));
    return Wrk.parse(Shell.run(place.in("client", command), environment));
  }

  Uploaded upload(List<Target> targets, Duration length) throws IOException {
    String[] words =
        generator
            .ask("upload %s %d %s".formatted(Target.join(targets), BULK_CONNECTIONS, in(length)))
            .split(" ");
    double bytes = Double.parseDouble(words[0]);
    return new Uploaded(
        bytes * 8 / Double.parseDouble(words[1]) / 1e9,
        bytes / 1e9,
        Long.parseLong(words[2]),
        Long.parseLong(words[3]));
  }

  /** Seconds that it took to send datagrams as fast as goes, about as long as asked. */
  double datagrams(List<Target> targets, int flows, Duration length) throws IOException {
    String answer =
        generator.ask("datagrams %s %d %s".formatted(Target.join(targets), flows, in(length)));
    return Double.parseDouble(answer.split(" ")[1]);
  }

  Paced paced(List<Target> targets, boolean kept, double perSecond, Duration length)
      throws IOException {
    String[] words =
        generator
            .ask(
                String.format(
                    Locale.ROOT,
                    "paced %s %s %.1f %s",
                    kept ? "kept" : "new",
                    Target.join(targets),
                    perSecond,
                    in(length)))
            .split(" ");
    return new Paced(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Double.parseDouble(words[3]),
        Double.parseDouble(words[4]),
        Double.parseDouble(words[5]));
  }

  /** Grows or shrinks the idle connections to so many. */
  void hold(List<Target> targets, int count) throws IOException {
    generator.ask("hold %s %d".formatted(Target.join(targets), count));
  }

  /** How many of the held ones were cut. */
  int cut() throws IOException {
    return Integer.parseInt(generator.ask("cut"));
  }

  /** Segments that the clients have sent again until now. */
  long retransmitted() {
    return ProcessFigures.tcp(generator.pid(), "RetransSegs");
  }

  private static String in(Duration length) {
    return String.format(Locale.ROOT, "%.3f", length.toMillis() / 1e3);
  }

  @Override
  public void close() {
    generator.close();
  }
}
