package org.strowger.snmp;

import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;

/**
 * Where a walk stands within one request, so that the next instance is found without a search: a
 * GETBULK over 10,000 rows would otherwise seek object, column and row again for each cell. Only a
 * hint: whoever it does not fit searches. Used by one thread.
 */
final class Cursor {
  private @Nullable OID last;
  private int object;
  private boolean open;
  private @Nullable Subtree table;
  private @Nullable Rows<?> rows;
  private int column;
  private int row;

  /**
   * Remembers in which object of the tree {@code found} is.
   *
   * @param whole whether all of that object is in the view
   */
  void inObject(OID found, int position, boolean whole) {
    last = found;
    object = position;
    open = whole;
  }

  /** Remembers in which cell of a table {@code found} is. */
  void inTable(OID found, Subtree in, Rows<?> of, int atColumn, int atRow) {
    last = found;
    table = in;
    rows = of;
    column = atColumn;
    row = atRow;
  }

  /** Position of the object of the tree that {@code oid} was found in, or -1. */
  @SuppressWarnings("ReferenceEquality") // Identity is meant: the very one that was found.
  int object(OID oid) {
    return last == oid ? object : -1;
  }

  /** Whether all of the object that was found in is in the view. */
  boolean isOpen() {
    return open;
  }

  /** The rows of this table, if {@code oid} was found in one of its cells; else null. */
  @SuppressWarnings("ReferenceEquality") // As above.
  @Nullable Rows<?> rows(OID oid, Subtree in) {
    return last == oid && table == in ? rows : null;
  }

  /** Position of the column among those of its table. */
  int column() {
    return column;
  }

  int row() {
    return row;
  }
}
