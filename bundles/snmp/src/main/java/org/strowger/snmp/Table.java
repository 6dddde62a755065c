package org.strowger.snmp;

import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
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

  /** What the identifiers of the cells of each column begin with. */
  private final List<CellName.Column> names;

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
    this.names =
        this.columns.stream()
            .map(each -> new CellName.Column(Oids.below(entry, each.number())))
            .toList();
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
  public @Nullable VariableBinding next(Moment moment, OID oid, Cursor cursor) {
    // A request has one moment: its rows stay, whatever other requests ask the source for.
    @SuppressWarnings("unchecked") // what this table has put there
    Rows<R> walked = (Rows<R>) cursor.rows(oid, this);
    if (walked != null) {
      return from(moment, walked, cursor.column(), cursor.row() + 1, cursor);
    }
    Rows<R> rows = source.at(moment);
    boolean inside = oid.startsWith(entry) && oid.size() > entry.size();
    if (!inside && oid.compareTo(entry) > 0) {
      return null;
    }
    int from = inside ? oid.get(entry.size()) : 0;
    OID after = inside ? index(oid) : FIRST;
    int at = 0;
    // Sub-identifiers are unsigned.
    while (at < columns.size() && Integer.compareUnsigned(columns.get(at).number(), from) < 0) {
      at++;
    }
    boolean within = at < columns.size() && columns.get(at).number() == from && after.size() > 0;
    return from(moment, rows, at, within ? rows.after(after) : 0, cursor);
  }

  /** The first instance from this cell on, column after column. */
  private @Nullable VariableBinding from(
      Moment moment, Rows<R> rows, int column, int row, Cursor cursor) {
    int position = row;
    for (int i = column; i < columns.size(); i++) {
      VariableBinding found = first(moment, rows, i, position, cursor);
      if (found != null) {
        return found;
      }
      position = 0;
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
      Moment moment, Rows<R> rows, int column, int position, Cursor cursor) {
    BiFunction<Moment, R, @Nullable Variable> values = columns.get(column).value();
    for (int i = position; i < rows.size(); i++) {
      Variable value = values.apply(moment, rows.row(i));
      if (value != null) {
        OID name = names.get(column).cell(rows.index(i));
        cursor.inTable(name, this, rows, column, i);
        return new VariableBinding(name, value);
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
