package org.strowger.configfile;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.strowger.api.KeyPath;

/**
 * Prints a tree as YAML that any reader, of 1.1 too, understands as it was meant.
 *
 * <p>Not by the library's emitter: that of snakeyaml-engine 3.0.1 leaves texts with a byte order
 * mark or a Unicode line separator unquoted and so writes what cannot be read back. The subset that
 * a configuration needs is small: blocks, and plain or quoted texts on one line.
 */
final class TreePrinter {
  /** Texts that may stand without quotes, unless they look like something else. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9_/]([A-Za-z0-9_/.@+:-]*[A-Za-z0-9_/.@+-])?");

  /** What some reader of YAML would take for a number, a truth or a date. */
  private static final Pattern AMBIGUOUS =
      Pattern.compile(
          "(?i)y|n|yes|no|on|off|true|false|null"
              + "|[0-9][0-9_,]*([.][0-9_]*)?(e[-+]?[0-9]+)?|0[xob][0-9a-f_]+"
              + "|[0-9][0-9_]*(:[0-5]?[0-9])+([.][0-9_]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*");

  /** Characters of a text without quotes; bounds the work of the patterns. */
  private static final int MAX_PLAIN = 128;

  private final StringBuilder out = new StringBuilder();

  private TreePrinter() {}

  /**
   * Prints the keys in their order.
   *
   * @throws IllegalArgumentException if the tree holds what no configuration can
   */
  static String print(Map<String, Object> tree) {
    TreePrinter printer = new TreePrinter();
    if (tree.isEmpty()) {
      return "{}\n";
    }
    printer.map(tree, 0, KeyPath.of());
    return printer.out.toString();
  }

  private void map(Map<?, ?> map, int indent, KeyPath path) {
    map.forEach(
        (key, value) -> {
          if (!(key instanceof String name) || value == null) {
            throw unprintable(key instanceof String ? value : key, path);
          }
          out.repeat(' ', indent);
          text(name);
          out.append(':');
          value(value, indent, path.child(name));
        });
  }

  private void value(Object value, int indent, KeyPath path) {
    switch (value) {
      case Map<?, ?> map when !map.isEmpty() -> {
        out.append('\n');
        map(map, indent + 2, path);
      }
      case List<?> list when !list.isEmpty() -> {
        out.append('\n');
        list.forEach(item -> item(item, indent, path));
      }
      case Map<?, ?> _ -> out.append(" {}\n");
      case List<?> _ -> out.append(" []\n");
      default -> scalar(value, path);
    }
  }

  private void item(Object item, int indent, KeyPath path) {
    out.repeat(' ', indent).append("  -");
    scalar(item, path);
  }

  private void scalar(Object value, KeyPath path) {
    out.append(' ');
    switch (value) {
      case String text -> text(text);
      case Long number -> out.append(number.longValue());
      case Boolean truth -> out.append(truth.booleanValue());
      case null, default -> throw unprintable(value, path);
    }
    out.append('\n');
  }

  private static IllegalArgumentException unprintable(@Nullable Object value, KeyPath path) {
    String type = value == null ? "null" : value.getClass().getName();
    return new IllegalArgumentException(path + ": a configuration holds no " + type);
  }

  private void text(String text) {
    if (text.length() <= MAX_PLAIN
        && PLAIN.matcher(text).matches()
        && !AMBIGUOUS.matcher(text).matches()) {
      out.append(text);
    } else if (text.codePoints().allMatch(TreePrinter::harmless)) {
      out.append('\'').append(text.replace("'", "''")).append('\'');
    } else {
      out.append('"');
      text.codePoints().forEach(this::escaped);
      out.append('"');
    }
  }

  /** Printable and no kind of space but the usual one. */
  private static boolean harmless(int c) {
    return (c >= ' ' && c <= '~') || Character.isLetterOrDigit(c);
  }

  private void escaped(int c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\t' -> out.append("\\t");
      default -> {
        if (harmless(c)) {
          out.appendCodePoint(c);
        } else {
          out.append(String.format(c > 0xFFFF ? "\\U%08X" : "\\u%04X", c));
        }
      }
    }
  }
}
