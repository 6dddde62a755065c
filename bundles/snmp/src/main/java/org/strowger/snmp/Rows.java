package org.strowger.snmp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;

/** The rows of a table in the order of their indexes. Immutable. */
final class Rows<R> {
  private final OID[] indexes;
  private final List<R> rows;

  private Rows(OID[] indexes, List<R> rows) {
    this.indexes = indexes;
    this.rows = rows;
  }

  static <R> Rows<R> of(Collection<R> unsorted, Function<R, OID> index) {
    record Keyed<R>(OID index, R row) {}
    List<Keyed<R>> keyed = new ArrayList<>(unsorted.size());
    for (R row : unsorted) {
      keyed.add(new Keyed<>(index.apply(row), row));
    }
    keyed.sort(Comparator.comparing(Keyed::index));
    OID[] indexes = new OID[keyed.size()];
    List<R> rows = new ArrayList<>(keyed.size());
    for (Keyed<R> each : keyed) {
      indexes[rows.size()] = each.index();
      rows.add(each.row());
    }
    return new Rows<>(indexes, rows);
  }

  int size() {
    return indexes.length;
  }

  OID index(int position) {
    return indexes[position];
  }

  R row(int position) {
    return rows.get(position);
  }

  /** The row with this index, or null. */
  @Nullable R find(OID index) {
    int position = Arrays.binarySearch(indexes, index);
    return position < 0 ? null : rows.get(position);
  }

  /** Position of the first row after {@code index}; {@link #size} if there is none. */
  int after(OID index) {
    int position = Arrays.binarySearch(indexes, index);
    return position < 0 ? -position - 1 : position + 1;
  }
}
