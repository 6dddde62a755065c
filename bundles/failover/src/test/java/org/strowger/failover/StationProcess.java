package org.strowger.failover;

import java.util.Set;

/**
 * A station as a process of its own, which can be killed and stopped; its words: the priority, and
 * {@code bows} if it is not to preempt.
 */
public final class StationProcess {
  private StationProcess() {}

  public static void main(String[] args) throws Exception {
    Station.Wish plain = Station.Wish.of(Integer.parseInt(args[0]));
    boolean bows = args.length > 1 && args[1].equals("bows");
    Station station = Station.here((bows ? plain.bows() : plain).instance(), Set.of());
    System.out.println("started");
    System.in.read(); // until the test goes
    station.close();
  }
}
