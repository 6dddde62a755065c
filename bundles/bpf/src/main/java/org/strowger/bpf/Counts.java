package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.strowger.api.BpfMap;
import org.strowger.api.ForwardingPlane.PlaneReport;
import org.strowger.api.KernelException;
import org.strowger.api.PlaneState;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualServiceCounters;

/** Reads what the programs count, and adds up the values of all CPUs. Any thread. */
final class Counts {
  private static final int SERVICE_WORDS = 41;
  private static final int REAL_WORDS = 8;
  private static final int VERDICTS = 9;
  private static final int PLANE_WORDS = 12;
  private static final int EVENTS_LOST = 3;

  private final KernelMaps maps;
  private final KernelTable table;
  private final LoadBook realLoads;
  private final LoadBook serviceLoads;
  private final Sweep sweep;

  /** What real servers counted at places they have left. */
  private final Map<RealServerId, RealServerCounters> left = new ConcurrentHashMap<>();

  Counts(
      KernelMaps maps, KernelTable table, LoadBook realLoads, LoadBook serviceLoads, Sweep sweep) {
    this.maps = maps;
    this.table = table;
    this.realLoads = realLoads;
    this.serviceLoads = serviceLoads;
    this.sweep = sweep;
  }

  /** Begins and ends of connections that found no room on their way here. */
  long eventsLost() throws KernelException {
    return sums("plane_counters", 0, PLANE_WORDS)[0][EVENTS_LOST];
  }

  PlaneReport report(String name, String transport, PlaneState.KernelPrograms programs)
      throws KernelException {
    realLoads.read(table.largestReal());
    serviceLoads.read(table.largestService());
    long[][] ofServices = sums("counters", table.largestService(), SERVICE_WORDS);
    Map<String, VirtualServiceCounters> services = new HashMap<>();
    long held = 0;
    for (BoundService each : table.services().values()) {
      int index = each.index();
      if (index < ofServices.length) {
        services.put(each.name(), service(index, ofServices[index]));
      }
    }
    long[][] ofReals = sums("real_counters", table.largestReal(), REAL_WORDS);
    Map<RealServerId, RealServerCounters> reals = new HashMap<>(left);
    for (Map.Entry<Integer, RealServerId> each : table.realNames().entrySet()) {
      int index = each.getKey();
      if (index < ofReals.length) {
        reals.merge(each.getValue(), real(index, ofReals[index]), RealServerCounters::plus);
        held += realLoads.held(index);
      }
    }
    return new PlaneReport(
        new PlaneState(name, transport, held, 0, 0, 0, 0, 0, programs), services, reals);
  }

  /** A real server's place is about to be another's: what it counted there stays counted. */
  void leave(int index) {
    RealServerId id = table.realName(index).orElse(null);
    if (id == null) {
      return;
    }
    try {
      ByteBuffer value = maps.get("real_counters", Octets.key(index));
      if (value != null) {
        long[] sums = new long[REAL_WORDS];
        add(value, maps.map("real_counters"), sums);
        left.merge(id, real(index, sums), RealServerCounters::plus);
      }
    } catch (KernelException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private VirtualServiceCounters service(int index, long[] counted) {
    Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    long dropped = 0;
    for (Verdict verdict : Verdict.values()) {
      int at = VERDICTS + verdict.code();
      if (at < counted.length) {
        verdicts.put(verdict, counted[at]);
        dropped += drops(verdict.code()) ? counted[at] : 0;
      }
    }
    return new VirtualServiceCounters(
        counted[0],
        serviceLoads.held(index),
        0,
        0,
        sweep.timedOut(index),
        counted[2],
        counted[3],
        0,
        counted[5],
        counted[7],
        counted[4],
        counted[6],
        dropped,
        counted[8],
        sweep.persistent(index),
        0,
        0,
        verdicts);
  }

  /** Codes of strowger.h with which a packet ends. */
  private static boolean drops(int code) {
    return (code >= 2 && code <= 7) || (code >= 13 && code <= 20);
  }

  private RealServerCounters real(int index, long[] counted) {
    return new RealServerCounters(
        counted[0],
        counted[1],
        realLoads.held(index),
        realLoads.inactive(index),
        counted[2],
        counted[3],
        counted[5],
        counted[7],
        0);
  }

  private long[][] sums(String name, int largest, int words) throws KernelException {
    long[][] sums = new long[largest + 1][words];
    BpfMap map = maps.map(name);
    map.forEach(
        (key, value) -> {
          int index = Octets.order(key).getInt(0);
          if (index > largest) {
            return false;
          }
          add(Octets.order(value), map, sums[index]);
          return true;
        });
    return sums;
  }

  private static void add(ByteBuffer value, BpfMap map, long[] sums) {
    for (int cpu = 0; cpu < map.cpus(); cpu++) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += value.getLong(cpu * map.stride() + i * Long.BYTES);
      }
    }
  }
}
