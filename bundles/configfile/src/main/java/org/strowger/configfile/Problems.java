package org.strowger.configfile;

import java.util.ArrayList;
import java.util.List;
import org.strowger.api.KeyPath;
import org.strowger.api.Violation;

/** Collects what is wrong with one file, up to {@link Limits#PROBLEMS}. */
final class Problems {
  private final String file;
  private final List<Violation> violations = new ArrayList<>();
  private KeyPath reading = KeyPath.of();
  private int notReported;

  Problems(String file) {
    this.file = file;
  }

  /** A limit was passed or the rest is not understandable: no use to go on. Already noted. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped() {
      super("the rest of the file was not read", null, false, false);
    }
  }

  /** Where the reader is, for problems of the text itself. */
  void reading(KeyPath path) {
    reading = path;
  }

  void add(int line, KeyPath path, String value, String expected) {
    if (violations.size() < Limits.PROBLEMS) {
      violations.add(new Violation(file + ":" + line, path, Limits.excerpt(value), expected));
    } else {
      notReported++;
    }
  }

  /** Notes a problem of the text at the place where the reader is. */
  void addHere(int line, String value, String expected) {
    add(line, reading, value, expected);
  }

  /** Notes a problem after which there is no use to go on, and ends the reading. */
  void stop(int line, String expected) {
    addHere(line, "", expected);
    throw new Stopped();
  }

  /** All of it, the last one saying how many more there are. */
  List<Violation> list() {
    List<Violation> all = new ArrayList<>(violations);
    if (notReported > 0) {
      all.add(new Violation(file, KeyPath.of(), "", "no more problems; there are " + notReported));
    }
    return all;
  }
}
