package org.strowger.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints rows as aligned columns for people. */
final class Table {
  private static final String GAP = "  ";

  private final List<String> keys = new ArrayList<>();
  private final List<List<String>> lines = new ArrayList<>();

  private Table() {}

  /**
   * @param columns pairs of heading and key in the rows: {@code NAME=name}
   */
  static String of(List<Map<String, @Nullable Object>> rows, String... columns) {
    Table table = new Table();
    List<String> headings = new ArrayList<>();
    for (String column : columns) {
      int equals = column.indexOf('=');
      headings.add(column.substring(0, equals));
      table.keys.add(column.substring(equals + 1));
    }
    table.lines.add(headings);
    rows.forEach(table::add);
    return table.print();
  }

  /** One row, a line for each key. */
  static String details(Map<String, @Nullable Object> row) {
    Table table = new Table();
    Keys.flat(row).forEach((key, value) -> table.lines.add(List.of(key, cell(value))));
    return table.print();
  }

  private void add(Map<String, @Nullable Object> row) {
    lines.add(keys.stream().map(key -> cell(row.get(key))).toList());
  }

  /** One line, whatever stands in it: a name from outside must not forge other lines. */
  private static String cell(@Nullable Object value) {
    return Plain.text(value).replaceAll("\\p{Cntrl}+", " ");
  }

  private String print() {
    StringBuilder out = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder printed = new StringBuilder();
      for (int i = 0; i < line.size(); i++) {
        printed.append(line.get(i));
        if (i < line.size() - 1) {
          printed.repeat(' ', width(i) - line.get(i).length()).append(GAP);
        }
      }
      out.append(printed.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  private int width(int column) {
    return lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
  }
}
