package org.strowger.bench;

import java.util.List;
import java.util.Locale;

/** A drawing of shares as bars: a group for each scenario, a bar for each contender. */
final class BarsSvg {
  private static final int WIDTH = 980;
  private static final int LEFT = 210;
  private static final int RIGHT = 90;
  private static final int BAR = 13;
  private static final int GAP = 30;
  private static final int TOP = 60;
  private static final double MOST = 1.2;

  /**
   * One bar.
   *
   * @param share of the yardstick
   * @param label the value itself
   */
  record Bar(String name, double share, String label, boolean own) {}

  record Group(String name, List<Bar> bars) {}

  private final StringBuilder svg = new StringBuilder();

  private BarsSvg() {}

  static String draw(String title, List<Group> groups) {
    return new BarsSvg().svg(title, groups);
  }

  private String svg(String title, List<Group> groups) {
    int bars = groups.stream().mapToInt(group -> group.bars().size()).sum();
    int height = TOP + bars * BAR + groups.size() * GAP + 30;
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d"
         font-family="sans-serif" font-size="11">
        <rect width="100%%" height="100%%" fill="white"/>
        """
            .formatted(WIDTH, height, WIDTH, height));
    text(WIDTH / 2.0, 22, "middle", title);
    for (int tenths = 0; tenths <= 12; tenths += 2) {
      double at = x(tenths / 10.0);
      String colour = tenths == 10 ? "#888" : "#ddd";
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\"/>%n",
              at,
              TOP - 10,
              at,
              height - 20,
              colour));
      text(at, TOP - 16, "middle", String.format(Locale.ROOT, "%.1f", tenths / 10.0));
    }
    int y = TOP;
    for (Group group : groups) {
      y += GAP - BAR;
      text(8, y, "start", group.name());
      y += BAR / 2;
      for (Bar bar : group.bars()) {
        bar(bar, y);
        y += BAR;
      }
      y += BAR / 2;
    }
    return svg.append("</svg>\n").toString();
  }

  private void bar(Bar bar, int y) {
    double end = x(Math.clamp(bar.share(), 0, MOST));
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
            LEFT,
            y,
            end - LEFT,
            BAR - 2,
            bar.own() ? "#0072b2" : "#b0b0b0"));
    text(LEFT - 6, y + BAR - 4, "end", bar.name());
    text(end + 4, y + BAR - 4, "start", bar.label());
  }

  private static double x(double share) {
    return LEFT + (WIDTH - LEFT - RIGHT) * share / MOST;
  }

  private void text(double x, double y, String anchor, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            text.replace("&", "&amp;").replace("<", "&lt;")));
  }
}
