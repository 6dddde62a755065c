package org.strowger.bench;

import java.util.List;
import java.util.Locale;

/** A drawing of curves over the number of clients, beside published values that are levels. */
final class CurveSvg {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 520;
  private static final int LEFT = 80;
  private static final int RIGHT = 30;
  private static final int TOP = 60;
  private static final int BOTTOM = 70;
  private static final List<String> COLOURS = List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7");

  /** One point. */
  record Point(int clients, double perSecond) {}

  /** Points in order of the number of clients. */
  record Curve(String name, List<Point> points) {}

  /** A value that was published, drawn as a dashed level. */
  record Level(String name, double perSecond) {}

  private final String title;
  private final List<Curve> curves;
  private final List<Level> levels;
  private final double most;
  private final int clients;

  private CurveSvg(String title, List<Curve> curves, List<Level> levels) {
    this.title = title;
    this.curves = curves;
    this.levels = levels;
    double measured =
        curves.stream()
            .flatMap(curve -> curve.points().stream())
            .mapToDouble(Point::perSecond)
            .max()
            .orElse(1);
    double published = levels.stream().mapToDouble(Level::perSecond).max().orElse(1);
    this.most = round(Math.max(measured, published));
    this.clients =
        curves.stream()
            .flatMap(curve -> curve.points().stream())
            .mapToInt(Point::clients)
            .max()
            .orElse(1);
  }

  static String draw(String title, List<Curve> curves, List<Level> levels) {
    return new CurveSvg(title, curves, levels).svg();
  }

  /** Up to the next 1, 2 or 5 with zeros, times what lies between. */
  static double round(double value) {
    double step = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1)))) / 2;
    return Math.ceil(value * 1.02 / step) * step;
  }

  private String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d"
         font-family="sans-serif" font-size="13">
        <rect width="100%%" height="100%%" fill="white"/>
        """
            .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT));
    text(svg, WIDTH / 2.0, 24, "middle", title, "#000");
    axes(svg);
    for (Level level : levels) {
      level(svg, level);
    }
    for (int i = 0; i < curves.size(); i++) {
      curve(svg, curves.get(i), COLOURS.get(i % COLOURS.size()), i);
    }
    return svg.append("</svg>\n").toString();
  }

  private void axes(StringBuilder svg) {
    int steps = 5;
    for (int i = 0; i <= steps; i++) {
      double value = most * i / steps;
      line(svg, LEFT, y(value), WIDTH - RIGHT, y(value), "#ddd", "");
      text(svg, LEFT - 8, y(value) + 4, "end", String.format(Locale.ROOT, "%.0f", value), "#333");
    }
    for (int n = 1; n <= clients; n *= 2) {
      line(svg, x(n), y(0), x(n), y(0) + 5, "#333", "");
      text(svg, x(n), y(0) + 20, "middle", String.valueOf(n), "#333");
    }
    line(svg, LEFT, y(0), WIDTH - RIGHT, y(0), "#333", "");
    line(svg, LEFT, TOP, LEFT, y(0), "#333", "");
    double middle = (LEFT + WIDTH - RIGHT) / 2.0;
    text(svg, middle, HEIGHT - 20, "middle", "clients at once (each doubling is a step)", "#333");
    text(svg, LEFT, TOP - 14, "middle", "requests/s", "#333");
  }

  private void level(StringBuilder svg, Level level) {
    double at = y(level.perSecond());
    line(svg, LEFT, at, WIDTH - RIGHT, at, "#777", " stroke-dasharray=\"6 4\"");
    text(svg, WIDTH - RIGHT - 4, at - 5, "end", level.name(), "#555");
  }

  private void curve(StringBuilder svg, Curve curve, String colour, int index) {
    StringBuilder points = new StringBuilder();
    for (Point point : curve.points()) {
      points.append(
          String.format(Locale.ROOT, "%.1f,%.1f ", x(point.clients()), y(point.perSecond())));
    }
    svg.append(
        "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" points=\"%s\"/>\n"
            .formatted(colour, points.toString().strip()));
    for (Point point : curve.points()) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle r=\"3\" fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\"/>%n",
              colour,
              x(point.clients()),
              y(point.perSecond())));
    }
    text(svg, LEFT + 60 + 300.0 * index, 46, "start", "\u2014 " + curve.name(), colour);
  }

  private double x(int n) {
    double span = Math.max(1, Math.log(clients) / Math.log(2));
    return LEFT + (WIDTH - LEFT - RIGHT) * (Math.log(n) / Math.log(2)) / span;
  }

  private double y(double perSecond) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * perSecond / most;
  }

  private static void line(
      StringBuilder svg, double x1, double y1, double x2, double y2, String colour, String more) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>%n",
            x1,
            y1,
            x2,
            y2,
            colour,
            more));
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String text, String colour) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            colour,
            escaped));
  }
}
