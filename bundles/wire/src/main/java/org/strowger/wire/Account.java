package org.strowger.wire;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What one connection has written into the ledger, and takes back when it ends. */
final class Account implements BiConsumer<String, List<?>> {
  private final ServicePort port;
  private final Loop loop;
  private final Tally service;
  private @Nullable Tally real;
  private String realId = "";
  private List<?> tallies = List.of();
  private boolean halfClosed;
  private int verdict;
  private long bytesIn;
  private long bytesOut;

  Account(ServicePort port, Loop loop) {
    this.port = port;
    this.loop = loop;
    this.service = port.shard(loop).tally();
  }

  void accepted() {
    service.add(Contract.CONNS_TOTAL, 1);
    service.add(Contract.CONNS_HELD, 1);
  }

  /** Counts one in a cell of the service. */
  void count(int cell) {
    service.add(cell, 1);
  }

  void count(int cell, long more) {
    service.add(cell, more);
  }

  /** The verdict is reached. */
  void verdict(int code) {
    verdict = code;
    service.add(Contract.VERDICTS + Math.clamp(code, 1, 47), 1);
  }

  /** The code of the verdict; 0 while there is none. */
  int verdict() {
    return verdict;
  }

  /** Waits for a place on a real server from now on, or no more. */
  void waiting(boolean now) {
    service.add(Contract.WAITING, now ? 1 : -1);
    if (now) {
      service.add(Contract.WAITED_TOTAL, 1);
    }
  }

  /** The decider binds this connection to a real server, before its next decision. */
  @Override
  public void accept(String chosen, List<?> counted) {
    bind(chosen);
    for (Object each : counted) {
      if (each instanceof AtomicLongArray tally) {
        tally.incrementAndGet(Contract.TALLY_HELD);
      }
    }
    tallies = counted;
  }

  /** Counted with this real server from now on. */
  void bind(String chosen) {
    release();
    Tally tally = port.real(loop, chosen);
    tally.add(Contract.SELECTIONS, 1);
    tally.add(Contract.ACTIVE, 1);
    real = tally;
    realId = chosen;
  }

  /**
   * The real server took so long until its answer began. Smoothed like TCP's round trip time (RFC
   * 6298): an eighth of what is new.
   */
  void answered(long nanos) {
    if (real != null) {
      long before = real.get(Contract.LATENCY);
      real.set(Contract.LATENCY, before == 0 ? nanos : before + (nanos - before) / 8);
    }
  }

  /** It took so long to accept: the best guess until it has answered something. */
  void connectedAfter(long nanos) {
    if (real != null && real.get(Contract.LATENCY) == 0) {
      real.set(Contract.LATENCY, nanos);
    }
  }

  boolean bound() {
    return real != null;
  }

  /** No longer counted with a real server. */
  void release() {
    Tally tally = real;
    if (tally != null) {
      tally.add(halfClosed ? Contract.INACTIVE : Contract.ACTIVE, -1);
      real = null;
    }
    boolean counted = tally != null;
    for (Object each : tallies) {
      if (each instanceof AtomicLongArray taken) {
        taken.set(Contract.TALLY_LAST_END, System.nanoTime());
        taken.decrementAndGet(Contract.TALLY_HELD);
      }
    }
    tallies = List.of();
    if (counted) {
      port.placeFreed();
    }
  }

  void established() {
    verdict(Contract.ACCEPTED);
    if (real != null) {
      real.add(Contract.ESTABLISHED_TOTAL, 1);
    }
  }

  /** Released; a failure is counted if it is the real server's. */
  void connectFailed(boolean blamed) {
    if (real != null && blamed) {
      real.add(Contract.CONN_FAILURES, 1);
    }
    release();
  }

  /** One direction has ended: active no more. */
  void halfClosed() {
    if (!halfClosed && real != null) {
      real.add(Contract.ACTIVE, -1);
      real.add(Contract.INACTIVE, 1);
      halfClosed = true;
    }
  }

  void moved(boolean in, int length) {
    if (in) {
      bytesIn += length;
    } else {
      bytesOut += length;
    }
    service.add(in ? Contract.SERVICE_BYTES_IN : Contract.SERVICE_BYTES_OUT, length);
    if (real != null) {
      real.add(in ? Contract.REAL_BYTES_IN : Contract.REAL_BYTES_OUT, length);
    }
  }

  void ended(End end) {
    if (end.cell() != 0) {
      service.add(end.cell(), 1);
    }
    if (end == End.REAL_RESET && real != null) {
      real.add(Contract.REAL_RESETS, 1);
    }
    service.add(Contract.CONNS_HELD, -1);
    release();
  }

  /** The real server it is or was bound to last, {@code pool/real}, or empty. */
  String real() {
    return realId;
  }

  long bytesIn() {
    return bytesIn;
  }

  long bytesOut() {
    return bytesOut;
  }

  // --- beside another wire, which goes on with what is counted here

  /** What the decider counts this connection in. */
  List<?> tallies() {
    return tallies;
  }

  /** Held here now; another wire has counted its beginning. */
  void adopted(long in, long out) {
    service.add(Contract.CONNS_HELD, 1);
    bytesIn = in;
    bytesOut = out;
  }

  /** Bound as the other wire had bound it. */
  void adopt(String chosen, List<?> counted) {
    Tally tally = port.real(loop, chosen);
    tally.add(Contract.ACTIVE, 1);
    real = tally;
    realId = chosen;
    tallies = counted;
  }

  /** Another wire counts it now. */
  void abandoned() {
    tallies = List.of();
    release();
    service.add(Contract.CONNS_HELD, -1);
  }
}
