package org.strowger.failover;

import java.util.Set;

/** A station as a process of its own, which can be killed and stopped; its word: the priority. */
public final class StationProcess {
  private StationProcess() {}

  public static void main(String[] args) throws Exception {
    Station station = Station.here(Station.Wish.of(Integer.parseInt(args[0])).instance(), Set.of());
    System.out.println("started");
    System.in.read(); // until the test goes
    station.close();
  }
}
