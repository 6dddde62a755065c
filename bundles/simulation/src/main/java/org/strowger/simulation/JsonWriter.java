package org.strowger.simulation;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes what {@link JsonReader} reads, on one line. */
final class JsonWriter {
  private JsonWriter() {}

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    append(value, out);
    return out.toString();
  }

  private static void append(Object value, StringBuilder out) {
    switch (value) {
      case Map<?, ?> object -> appendObject(object, out);
      case List<?> array -> appendArray(array, out);
      case String text -> appendText(text, out);
      default -> out.append(value);
    }
  }

  private static void appendObject(Map<?, ?> object, StringBuilder out) {
    out.append('{');
    Iterator<? extends Map.Entry<?, ?>> entries = object.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<?, ?> entry = entries.next();
      appendText(String.valueOf(entry.getKey()), out);
      out.append(':');
      append(entry.getValue(), out);
      out.append(entries.hasNext() ? "," : "");
    }
    out.append('}');
  }

  private static void appendArray(List<?> array, StringBuilder out) {
    out.append('[');
    for (int i = 0; i < array.size(); i++) {
      out.append(i == 0 ? "" : ",");
      append(array.get(i), out);
    }
    out.append(']');
  }

  private static void appendText(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
