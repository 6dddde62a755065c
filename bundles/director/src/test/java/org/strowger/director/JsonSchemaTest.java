package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The schema shipped to editors is the shape the director checks. */
class JsonSchemaTest {
  private static final Path SHIPPED = Path.of("../../felix-config/director.schema.json");

  @Test
  void shippedSchemaIsTheShape() throws IOException {
    String schema = JsonSchema.of(Shape.ROOT);
    if (Boolean.getBoolean("strowger.write")) { // mvn -Dstrowger.write=true: writes it anew
      Files.writeString(SHIPPED, schema);
    }
    assertEquals(schema, Files.readString(SHIPPED));
  }
}
