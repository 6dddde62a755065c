package org.strowger.shell;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259), indented by two. */
final class Json {
  private final StringBuilder out = new StringBuilder();

  private Json() {}

  static String write(@Nullable Object value) {
    Json json = new Json();
    json.value(Plain.of(value), 0);
    return json.out.append('\n').toString();
  }

  private void value(@Nullable Object plain, int depth) {
    switch (plain) {
      case Map<?, ?> map -> map(map, depth);
      case List<?> list -> list(list, depth);
      case Double number when !Double.isFinite(number) -> out.append("null");
      case null -> out.append("null");
      case Number number -> out.append(number);
      case Boolean flag -> out.append(flag);
      default -> text(plain.toString());
    }
  }

  private void map(Map<?, ?> map, int depth) {
    out.append('{');
    Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<?, ?> entry = entries.next();
      line(depth + 1);
      text(String.valueOf(entry.getKey()));
      out.append(": ");
      value(entry.getValue(), depth + 1);
      out.append(entries.hasNext() ? "," : "");
    }
    end(map.isEmpty(), depth, '}');
  }

  private void list(List<?> list, int depth) {
    out.append('[');
    Iterator<?> values = list.iterator();
    while (values.hasNext()) {
      line(depth + 1);
      value(values.next(), depth + 1);
      out.append(values.hasNext() ? "," : "");
    }
    end(list.isEmpty(), depth, ']');
  }

  private void end(boolean empty, int depth, char bracket) {
    if (!empty) {
      line(depth);
    }
    out.append(bracket);
  }

  private void line(int depth) {
    out.append('\n').repeat("  ", depth);
  }

  private void text(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c == '\u007f' || Character.isSurrogate(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
