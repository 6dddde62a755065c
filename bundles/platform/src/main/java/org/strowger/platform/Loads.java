package org.strowger.platform;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.strowger.api.PlatformState.Core;
import org.strowger.api.PlatformState.Usage;

/**
 * How busy the processors were: differences of /proc/stat, taken each {@value Usage#LOAD_SECONDS} s
 * and kept for a minute. Used under the platform's lock.
 */
final class Loads {
  private static final int KEPT = 60 / Usage.LOAD_SECONDS + 1;

  /** Hundredths of a percent in a whole. */
  private static final long WHOLE = 10_000;

  // Columns of /proc/stat (proc(5)).
  private static final int IDLE = 4;
  private static final int IOWAIT = 5;
  private static final int LAST = 8; // steal; guests are counted as users already

  /** Ticks of one line: all, and those in which there was nothing to do. */
  private record Ticks(long all, long idle) {
    static final Ticks NONE = new Ticks(0, 0);

    long busySince(Ticks before) {
      long ticks = all - before.all;
      return ticks <= 0 ? 0 : Math.clamp(WHOLE * (ticks - (idle - before.idle)) / ticks, 0, WHOLE);
    }
  }

  /** One look: the line of the whole machine, and one for each processor. */
  private record Look(List<Ticks> lines, long processNanos, long nanos) {
    Ticks line(int at) {
      return at < lines.size() ? lines.get(at) : Ticks.NONE;
    }
  }

  private final Tree tree;
  private final Deque<Look> looks = new ArrayDeque<>();

  Loads(Tree tree) {
    this.tree = tree;
  }

  /** Called each {@value Usage#LOAD_SECONDS} s. */
  void look(long processNanos, long nanos) {
    List<Ticks> lines = new ArrayList<>();
    for (String line : tree.lines("proc/stat")) {
      List<String> words = Tree.words(line);
      if (words.getFirst().startsWith("cpu") && words.size() > LAST) {
        lines.add(ticks(words));
      }
    }
    looks.add(new Look(lines, processNanos, nanos));
    if (looks.size() > KEPT) {
      looks.remove();
    }
  }

  private static Ticks ticks(List<String> words) {
    long all = 0;
    for (int i = 1; i <= LAST; i++) {
      all += Tree.parse(words.get(i), 0);
    }
    return new Ticks(all, Tree.parse(words.get(IDLE), 0) + Tree.parse(words.get(IOWAIT), 0));
  }

  /** Load of the whole machine. */
  long machine() {
    return looks.size() < 2 ? 0 : last().line(0).busySince(lastButOne().line(0));
  }

  /** Load of all processors by this process. */
  long process() {
    if (looks.size() < 2) {
      return 0;
    }
    long room = (last().nanos - lastButOne().nanos) * Math.max(1, last().lines.size() - 1);
    long used = last().processNanos - lastButOne().processNanos;
    return room <= 0 ? 0 : Math.clamp(WHOLE * used / room, 0, WHOLE);
  }

  List<Core> cores() {
    List<Core> cores = new ArrayList<>();
    if (looks.isEmpty()) {
      return cores;
    }
    for (int i = 1; i < last().lines.size(); i++) {
      Ticks now = last().line(i);
      long load = looks.size() < 2 ? 0 : now.busySince(lastButOne().line(i));
      cores.add(new Core(i, load, now.busySince(looks.getFirst().line(i))));
    }
    return cores;
  }

  private Look last() {
    return looks.getLast();
  }

  private Look lastButOne() {
    return looks.stream().skip(looks.size() - 2L).findFirst().orElseThrow();
  }
}
