package org.strowger.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The experiment of Linux Journal 4588: requests a second against the number of clients, with and
 * without a director, one connection a request. What was published then is drawn beside it.
 */
final class ClientsCurve {
  private static final int[] CLIENTS = {1, 2, 4, 8, 16, 32, 64, 128, 256};
  private static final int[] CLIENTS_QUICK = {1, 4, 16, 64};

  static final List<CurveSvg.Level> PUBLISHED =
      List.of(
          new CurveSvg.Level("published: direct, 7,116 connections/s", 7116),
          new CurveSvg.Level("published: LVS-NAT's knee, 2,000 requests/s", 2000),
          new CurveSvg.Level("published: LVS-NAT, never above 1,790", 1790));

  private final RelayOptions options;
  private final Clients clients;
  private final Figures figures;

  ClientsCurve(RelayOptions options, Clients clients, Figures figures) {
    this.options = options;
    this.clients = clients;
    this.figures = figures;
  }

  /** One round: number by number, direct and through the director in turn. */
  void round(List<Contender> contenders) throws IOException, InterruptedException {
    Duration length = options.quick() ? Duration.ofSeconds(1) : options.length();
    for (int count : numbers()) {
      for (Contender contender : contenders) {
        contender.thaw();
        Wrk run = clients.connections(contender.http(), count, length);
        contender.freeze();
        figures.add(contender.kind(), scenario(count), "connections_per_s", "1/s", run.perSecond());
        figures.add(
            contender.kind(), scenario(count), "failed_requests", "", (double) run.errors());
      }
    }
  }

  private int[] numbers() {
    return options.quick() ? CLIENTS_QUICK : CLIENTS;
  }

  private static String scenario(int count) {
    return "clients " + count;
  }

  /** Draws the medians. */
  void draw(List<Kind> kinds, Path file) throws IOException {
    List<Measured> all = figures.measured();
    List<CurveSvg.Curve> curves = new ArrayList<>();
    for (Kind kind : kinds) {
      List<CurveSvg.Point> points = new ArrayList<>();
      for (int count : numbers()) {
        Figures.find(all, kind, scenario(count), "connections_per_s")
            .ifPresent(one -> points.add(new CurveSvg.Point(count, one.median())));
      }
      curves.add(new CurveSvg.Curve(kind.word() + ", measured here", points));
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    String title = "Requests a second against clients, one connection a request";
    Files.writeString(file, CurveSvg.draw(title, curves, PUBLISHED));
  }
}
