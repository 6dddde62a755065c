package org.strowger.api;

import java.util.function.ToLongFunction;

/** What a bin counts: one constant for each number of {@link Performance.Bin}. */
@SuppressWarnings("ImmutableEnumChecker") // The functions are accessors of a record.
public enum PerformanceCounter implements Coded {
  CONNS(1, "conns", Performance.Bin::conns),
  REJECTED(2, "rejected", Performance.Bin::rejected),
  BYTES_IN(3, "bytesIn", Performance.Bin::bytesIn),
  BYTES_OUT(4, "bytesOut", Performance.Bin::bytesOut),
  PACKETS_IN(5, "packetsIn", Performance.Bin::packetsIn),
  PACKETS_OUT(6, "packetsOut", Performance.Bin::packetsOut),
  CONNS_MAX(7, "connsMax", Performance.Bin::connsMax),
  CONN_RATE_MAX(8, "connRateMax", Performance.Bin::connRateMax),
  DOWN_SECONDS(9, "downSeconds", Performance.Bin::downSeconds),
  DEGRADED_SECONDS(10, "degradedSeconds", Performance.Bin::degradedSeconds);

  private final int code;
  private final String word;
  private final ToLongFunction<Performance.Bin> of;

  PerformanceCounter(int code, String word, ToLongFunction<Performance.Bin> of) {
    this.code = code;
    this.word = word;
    this.of = of;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public String word() {
    return word;
  }

  /** Its number in a bin. */
  public long in(Performance.Bin bin) {
    return of.applyAsLong(bin);
  }
}
