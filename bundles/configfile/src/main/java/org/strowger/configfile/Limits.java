package org.strowger.configfile;

/**
 * How much of a YAML text is read before it is refused.
 *
 * @param bytes size of the file
 * @param depth mappings and lists inside each other
 * @param keys keys and list items altogether, aliases expanded: what stops a "billion laughs"
 */
record Limits(int bytes, int depth, int keys) {
  /** For the operator's file: some 40,000 real servers fit. */
  static final Limits FILE = new Limits(8 << 20, 32, 200_000);

  /**
   * For a revision: two trees (what is wanted and the last import), each of which may have been
   * written more widely than in its file, and two levels of wrapping.
   */
  static final Limits REVISION = new Limits(64 << 20, FILE.depth + 2, 2 * FILE.keys + 100);

  /** Violations that are reported for one file; what is beyond is counted. */
  static final int PROBLEMS = 100;

  /** Characters of a key. Names have 32; this bounds what a message may carry. */
  static final int KEY_LENGTH = 255;

  /** Characters of what stands in the file that a violation repeats. */
  static final int EXCERPT_LENGTH = 60;

  static String excerpt(String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}", " ");
    if (line.codePointCount(0, line.length()) <= EXCERPT_LENGTH) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, EXCERPT_LENGTH)) + "...";
  }
}
