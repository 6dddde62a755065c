package org.strowger.director;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.strowger.api.Flow;
import org.strowger.api.Loads;
import org.strowger.api.Scheduler;
import org.strowger.api.VirtualService;

/**
 * Runs a virtual service's scheduler ahead of its connections, for a plane that takes the choices
 * from a ring. Held by the service's lock.
 *
 * <p>Each call answers the whole ring anew, from the loads of now: what was foreseen and not taken
 * is forgotten. What was taken the scheduler itself picks again, over the loads it was foreseen
 * with, so that its turns go on where the plane stands; the rest is picked by a copy.
 */
final class PickAhead {
  private final List<ServerGroup> groups;
  private final int size;
  private final Flow nobody;
  private ForeseenLoads before = new ForeseenLoads(Loads.NONE, 0);
  private int foreseen;
  private boolean byLoads = true;

  /**
   * @param groups the pool, and the backup pool if there is one
   * @param size real servers of all of them
   */
  PickAhead(VirtualService service, List<ServerGroup> groups, int size) {
    this.groups = groups;
    this.size = size;
    InetAddress address = service.address();
    nobody =
        new Flow(
            service.protocol(),
            new InetSocketAddress(address, 0),
            new InetSocketAddress(address, service.port().first()));
  }

  int[] fill(Loads loads, int used, int most) {
    remember(Math.min(used, foreseen));
    before = new ForeseenLoads(loads, size);
    ForeseenLoads ahead = new ForeseenLoads(before, size);
    lend(ahead, true);
    List<GuardedScheduler> copies = groups.stream().map(ServerGroup::schedulerAhead).toList();
    int[] choices = new int[most];
    int filled = 0;
    while (filled < most) {
      int index = next(copies);
      if (index == Scheduler.NONE) {
        break;
      }
      ahead.add(index);
      choices[filled++] = index;
    }
    for (int i = 0; i < copies.size(); i++) {
      groups.get(i).blame(copies.get(i));
    }
    foreseen = filled;
    byLoads = ahead.asked();
    return filled == most ? choices : Arrays.copyOf(choices, filled);
  }

  /** Whether what {@link #fill} answered last depended on the loads. */
  boolean byLoads() {
    return byLoads;
  }

  private int next(List<GuardedScheduler> schedulers) {
    for (int i = 0; i < schedulers.size(); i++) {
      ServerGroup group = groups.get(i);
      int index = group.foresee(nobody, schedulers.get(i));
      if (index != Scheduler.NONE || group.eligible()) {
        return index; // a scheduler that declines is obeyed
      }
    }
    return Scheduler.NONE;
  }

  private void remember(int used) {
    if (used == 0) {
      return;
    }
    lend(before, false);
    for (int i = 0; i < used; i++) {
      int index = Scheduler.NONE;
      for (ServerGroup group : groups) {
        index = group.pick(nobody);
        if (index != Scheduler.NONE || group.eligible()) {
          break;
        }
      }
      if (index == Scheduler.NONE) {
        return;
      }
      before.add(index);
    }
  }

  private void lend(Loads loads, boolean onlyLooking) {
    groups.forEach(group -> group.lend(loads, new BitSet(), onlyLooking));
  }
}
