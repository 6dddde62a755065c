package org.strowger.jmx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/** Which object of the MIB is which attribute: {@code oids.properties} beside this class. */
final class Oids {
  private static final Properties TABLE = read();

  private Oids() {}

  static Optional<String> of(String kind, String attribute) {
    return Optional.ofNullable(TABLE.getProperty(kind + "." + attribute));
  }

  private static Properties read() {
    Properties table = new Properties();
    try (InputStream in = Oids.class.getResourceAsStream("oids.properties")) {
      if (in == null) {
        throw new IllegalStateException("oids.properties is missing in the jmx bundle");
      }
      table.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return table;
  }
}
