package org.strowger.bpf;

/**
 * Cells of one of the maps that are cut into ranges.
 *
 * @param offset of the first
 * @param size 0: none
 */
record Cells(int offset, int size) {
  static final Cells NONE = new Cells(0, 0);
}
