package org.strowger.snmp;

import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;

/**
 * Where a table finds its rows: sorted once for as long as what they are made from is the same
 * object. The snapshot changes several times a second, the configuration hardly ever, so that a
 * table of 10,000 configured rows is not sorted again during a walk. Any thread.
 */
final class RowSource<K, R> {
  private record Sorted<K, R>(K key, Rows<R> rows) {}

  private final Function<Moment, K> key;
  private final Function<K, Collection<R>> rows;
  private final Function<R, OID> index;
  private volatile @Nullable Sorted<K, R> latest;

  /**
   * @param key what the rows are made from: immutable, told apart by identity
   */
  RowSource(Function<Moment, K> key, Function<K, Collection<R>> rows, Function<R, OID> index) {
    this.key = key;
    this.rows = rows;
    this.index = index;
  }

  // Identity is meant: equal content in a new object costs one sort, comparing it would cost more.
  @SuppressWarnings("ReferenceEquality")
  Rows<R> at(Moment moment) {
    K now = key.apply(moment);
    Sorted<K, R> sorted = latest;
    if (sorted == null || sorted.key() != now) {
      sorted = new Sorted<>(now, Rows.of(rows.apply(now), index));
      latest = sorted;
    }
    return sorted.rows();
  }
}
