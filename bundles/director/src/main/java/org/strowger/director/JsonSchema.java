package org.strowger.director;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Names;

/** Writes the shape of the configuration as JSON Schema 2020-12, for editors. */
final class JsonSchema {
  private JsonSchema() {}

  /** The schema of the whole file, two spaces a level, ending with a line end. */
  static String of(Key.Branch root) {
    Map<String, Object> schema =
        Type.ordered("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Strowger director");
    schema.putAll(schema(root));
    StringBuilder text = new StringBuilder();
    write(schema, 0, text);
    return text.append('\n').toString();
  }

  private static Map<String, Object> schema(Key key) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("description", key.doc());
    switch (key) {
      case Key.Leaf leaf -> {
        schema.putAll(leaf.type().schema());
        leaf.defaultValue().ifPresent(value -> schema.put("default", value));
      }
      case Key.Branch branch -> branch(branch, schema);
      case Key.Named named -> {
        schema.put("type", "object");
        schema.put("maxProperties", (long) named.most());
        schema.put("propertyNames", Map.of("pattern", "^" + Names.PATTERN.pattern() + "$"));
        schema.put("additionalProperties", schema(named.each()));
      }
      case Key.Open open -> {
        List<Object> plain = List.of("string", "integer", "boolean");
        List<Object> deep = List.of("string", "integer", "boolean", "array", "object");
        schema.put("type", "object");
        schema.put("additionalProperties", Map.of("type", open.deep() ? deep : plain));
      }
    }
    return schema;
  }

  private static void branch(Key.Branch branch, Map<String, Object> schema) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<Object> required = new ArrayList<>();
    branch
        .keys()
        .forEach(
            (name, key) -> {
              properties.put(name, schema(key));
              if (key.required()) {
                required.add(name);
              }
            });
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
  }

  private static void write(@Nullable Object value, int level, StringBuilder text) {
    switch (value) {
      case Map<?, ?> map -> {
        String separator = "{\n";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          text.append(separator).repeat("  ", level + 1);
          text.append(quote(String.valueOf(entry.getKey()))).append(": ");
          write(entry.getValue(), level + 1, text);
          separator = ",\n";
        }
        text.append('\n').repeat("  ", level).append('}');
      }
      case List<?> list -> {
        String separator = "";
        text.append('[');
        for (@Nullable Object each : list) {
          text.append(separator);
          write(each, level, text);
          separator = ", ";
        }
        text.append(']');
      }
      case null -> text.append("null");
      case String string -> text.append(quote(string));
      default -> text.append(value);
    }
  }

  private static String quote(String string) {
    return '"' + string.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
