package org.strowger.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.Snapshot;

/**
 * The words that choose connections, the same for {@code show connections}, {@code top} and {@code
 * disconnect}.
 *
 * @param words those of the filter, to be told again
 * @param limit most rows
 */
record Filters(ConnectionFilter filter, List<String> words, int limit) {
  /** Rows of one answer, at most. */
  static final int MOST = 10_000;

  static final String USAGE =
      "[service=NAME] [real=POOL/REAL] [client=PREFIX] [state=STATE] [age=30s] [idle=30s]"
          + " [bytes=1M] [after=ID]";

  private static final String LIMIT = "limit=";
  private static final String AFTER = "after=";

  /**
   * Reads the words; one that is only a name is a virtual service.
   *
   * @param limit if none is given
   */
  static Filters read(Snapshot snapshot, List<String> words, int limit) {
    List<String> filter = new ArrayList<>();
    int most = limit;
    for (String word : words) {
      if (word.startsWith(LIMIT)) {
        most = limit(word);
      } else {
        filter.add(word.indexOf('=') < 0 ? "service=" + word : word);
      }
    }
    try {
      ConnectionFilter read = ConnectionFilter.read(filter);
      read.service().ifPresent(name -> Known.service(snapshot, name));
      return new Filters(read, filter, most);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()) + ", or " + LIMIT + "N");
    }
  }

  private static int limit(String word) {
    try {
      int limit = Integer.parseInt(word.substring(LIMIT.length()));
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Told below, as a number that is too large is.
    }
    throw CommandFailure.usage("'" + word + "': expected " + LIMIT + "1 to " + MOST);
  }

  /** True if any connection matches, or only what page it stands on is told. */
  boolean everything() {
    return new ConnectionFilter(
            filter.service(),
            filter.real(),
            filter.client(),
            filter.state(),
            filter.minAge(),
            filter.minIdle(),
            filter.minBytes(),
            OptionalLong.empty())
        .equals(ConnectionFilter.ALL);
  }

  /** The words of the page after the connection with this id. */
  String next(long id) {
    List<String> next = new ArrayList<>(words);
    next.removeIf(word -> word.startsWith(AFTER));
    next.add(LIMIT + limit);
    next.add(AFTER + id);
    return String.join(" ", next);
  }

  static List<String> candidates(Snapshot snapshot) {
    List<String> candidates = new ArrayList<>();
    Known.services(snapshot).forEach(name -> candidates.add("service=" + name));
    Known.realServers(snapshot).forEach(name -> candidates.add("real=" + name));
    candidates.addAll(List.of("client=", "state=waiting", "state=connecting"));
    candidates.addAll(List.of("state=established", "state=halfClosed"));
    candidates.addAll(List.of("age=", "idle=", "bytes=", "after="));
    return candidates;
  }
}
