package org.strowger.snmp;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.strowger.snmp.Subtree.Slot;

/** A conceptual table: nothing is stored, each cell is asked for when it is read. */
final class Table<R> implements Subtree {
  private static final OID FIRST = new OID(new int[0]);

  private final OID entry;
  private final RowSource<?, R> source;
  private final List<Column<R>> columns;
  private final Function<OID, @Nullable R> unmade;

  /**
   * @param table the identifier of the table; its entry is sub-identifier 1
   */
  Table(OID table, RowSource<?, R> source, List<Column<R>> columns) {
    this(table, source, columns, index -> null);
  }

  /**
   * A table in which managers make rows.
   *
   * @param unmade what stands for a row that is not there, or null if there can be none with this
   *     index
   */
  Table(
      OID table,
      RowSource<?, R> source,
      List<Column<R>> columns,
      Function<OID, @Nullable R> unmade) {
    this.unmade = unmade;
    this.entry = Oids.below(table, 1);
    this.source = source;
    this.columns = columns.stream().sorted(Comparator.comparingInt(Column::number)).toList();
  }

  @Override
  public OID root() {
    return entry;
  }

  @Override
  public boolean hasObject(OID oid) {
    return column(oid) != null;
  }

  @Override
  public @Nullable Variable get(Moment moment, OID oid) {
    Column<R> column = column(oid);
    if (column == null) {
      return null;
    }
    R row = source.at(moment).find(index(oid));
    return row == null ? null : column.value().apply(moment, row);
  }

  @Override
  public @Nullable VariableBinding next(Moment moment, OID oid) {
    Rows<R> rows = source.at(moment);
    boolean inside = oid.startsWith(entry) && oid.size() > entry.size();
    if (!inside && oid.compareTo(entry) > 0) {
      return null;
    }
    int from = inside ? oid.get(entry.size()) : 0;
    OID after = inside ? index(oid) : FIRST;
    for (Column<R> column : columns) {
      // Sub-identifiers are unsigned.
      int order = Integer.compareUnsigned(column.number(), from);
      if (order < 0) {
        continue;
      }
      boolean whole = order > 0 || after.size() == 0;
      VariableBinding found = first(moment, rows, column, whole ? 0 : rows.after(after));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  @Override
  public @Nullable Slot slot(Moment moment, OID oid) {
    Column<R> column = column(oid);
    Writable<R> writable = column == null ? null : column.writable();
    if (writable == null) {
      return null;
    }
    R row = source.at(moment).find(index(oid));
    return Slot.of(writable, row == null ? unmade.apply(index(oid)) : row);
  }

  private @Nullable VariableBinding first(
      Moment moment, Rows<R> rows, Column<R> column, int position) {
    for (int i = position; i < rows.size(); i++) {
      Variable value = column.value().apply(moment, rows.row(i));
      if (value != null) {
        OID name = Oids.below(entry, column.number());
        return new VariableBinding(new OID(name.getValue(), rows.index(i).getValue()), value);
      }
    }
    return null;
  }

  private @Nullable Column<R> column(OID oid) {
    if (!oid.startsWith(entry) || oid.size() <= entry.size()) {
      return null;
    }
    int number = oid.get(entry.size());
    for (Column<R> column : columns) {
      if (column.number() == number) {
        return column;
      }
    }
    return null;
  }

  private OID index(OID oid) {
    int start = entry.size() + 1;
    return new OID(oid.getValue(), start, oid.size() - start);
  }
}
