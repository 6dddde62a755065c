package org.strowger.schedulers;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code leastResponseTime}: the least {@code (active + 1) * latency / weight}, equal ones in turn.
 * One whose latency is unknown counts with the median of those that are known, so that a cold one
 * is neither flooded nor starved. O(n).
 */
final class LeastResponseTime implements Scheduler {
  private final Cursor cursor = new Cursor();
  private long[] scratch = {};

  @Override
  public void changed(RealServerView reals) {
    cursor.follow(reals);
    scratch = new long[reals.size()];
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    long typical = typicalLatency(reals);
    int best = NONE;
    double least = 0;
    int size = reals.size();
    for (int step = 1; step <= size; step++) {
      int index = cursor.after(step, size);
      if (!Eligible.at(reals, index)) {
        continue;
      }
      long known = reals.latencyNanos(index);
      double latency = known > 0 ? known : typical;
      double score = (reals.active(index) + 1) * latency / reals.weight(index);
      if (best == NONE || score < least) {
        best = index;
        least = score;
      }
    }
    if (best != NONE) {
      cursor.moveTo(best);
    }
    return best;
  }

  /** The median of the known ones, and only sought if one is unknown; 1 if none is known. */
  private long typicalLatency(RealServerView reals) {
    int known = 0;
    int eligible = 0;
    for (int i = 0; i < scratch.length; i++) {
      if (Eligible.at(reals, i)) {
        eligible++;
        long latency = reals.latencyNanos(i);
        if (latency > 0) {
          scratch[known++] = latency;
        }
      }
    }
    return known == 0 || known == eligible ? 1 : median(known);
  }

  /** Hoare's selection in place: O(n) on average. */
  private long median(int count) {
    int wanted = count / 2;
    int from = 0;
    int to = count - 1;
    while (from < to) {
      long pivot = scratch[(from + to) >>> 1];
      int low = from;
      int high = to;
      while (low <= high) {
        while (scratch[low] < pivot) {
          low++;
        }
        while (scratch[high] > pivot) {
          high--;
        }
        if (low <= high) {
          long swap = scratch[low];
          scratch[low++] = scratch[high];
          scratch[high--] = swap;
        }
      }
      if (wanted <= high) {
        to = high;
      } else if (wanted >= low) {
        from = low;
      } else {
        return scratch[wanted];
      }
    }
    return scratch[wanted];
  }

  @Override
  public Scheduler copy() {
    LeastResponseTime copy = new LeastResponseTime();
    copy.cursor.moveTo(cursor.place());
    copy.scratch = new long[scratch.length];
    return copy;
  }
}
