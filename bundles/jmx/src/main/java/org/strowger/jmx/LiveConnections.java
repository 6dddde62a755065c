package org.strowger.jmx;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import javax.management.MBeanOperationInfo;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularType;
import org.strowger.api.Coded;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.Role;
import org.strowger.api.Snapshot;
import org.strowger.api.TalkerKind;

/** The operations of {@code type=Director} on live connections: list, sum up, cut. */
final class LiveConnections {
  /** Most rows of one answer. */
  static final int LIMIT = 10_000;

  private static final TabularType CONNECTIONS = Rows.CONNECTION.table("id");
  private static final TabularType TALKERS = Rows.TALKER.table("name");

  private static final Operation.Parameter FILTER =
      new Operation.Parameter(
          "filter", "Words with spaces between, all must match: " + ConnectionFilter.WORDS);

  private static final Operation.Parameter MOST =
      new Operation.Parameter("limit", "Most rows, 1 to " + LIMIT);

  private static final Operation.Parameter AFTER =
      new Operation.Parameter("after", "The largest id of the page before; empty for the first");

  private static final Operation.Parameter KIND =
      new Operation.Parameter("kind", "One of " + Coded.words(TalkerKind.class));

  private LiveConnections() {}

  static List<Operation<Snapshot>> operations() {
    return List.of(
        new Operation<>(
            "connections",
            "Live connections that match, oldest first",
            List.of(FILTER, MOST, AFTER),
            CONNECTIONS,
            MBeanOperationInfo.INFO,
            Role.OPERATOR,
            (s, door, args) -> connections(door, args)),
        new Operation<>(
            "top",
            "Sums of the live connections, the one with the most bytes first",
            List.of(KIND, MOST),
            TALKERS,
            MBeanOperationInfo.INFO,
            Role.OPERATOR,
            (s, door, args) -> top(door, args.getFirst(), "", args.getLast())),
        new Operation<>(
            "top",
            "Sums of the live connections that match, the one with the most bytes first",
            List.of(KIND, FILTER, MOST),
            TALKERS,
            MBeanOperationInfo.INFO,
            Role.OPERATOR,
            (s, door, args) -> top(door, args.getFirst(), args.get(1), args.getLast())),
        new Operation<>(
            "disconnect",
            "Cuts all live connections that match with a reset; answers how many",
            List.of(FILTER),
            SimpleType.INTEGER,
            MBeanOperationInfo.ACTION,
            Role.ADMIN,
            (s, door, args) -> disconnect(door, args.getFirst())));
  }

  private static Object connections(DirectorDoor door, List<String> args) {
    ConnectionFilter filter = filter(args.getFirst());
    String after = args.getLast().strip();
    if (!after.isEmpty()) {
      filter = filter.withAfter(number("after", after, Long.MIN_VALUE, Long.MAX_VALUE));
    }
    int limit = limit(args.get(1));
    return Rows.CONNECTION.rows(CONNECTIONS, door.director().connections(filter, limit));
  }

  private static Object top(DirectorDoor door, String kind, String filter, String limit) {
    TalkerKind by =
        Coded.byWord(TalkerKind.class, kind)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "kind: '" + kind + "': expected " + Coded.words(TalkerKind.class)));
    return Rows.TALKER.rows(TALKERS, door.director().top(by, filter(filter), limit(limit)));
  }

  private static Object disconnect(DirectorDoor door, String words) {
    ConnectionFilter filter = filter(words);
    ConnectionFilter named =
        new ConnectionFilter(
            filter.service(),
            filter.real(),
            filter.client(),
            filter.state(),
            filter.minAge(),
            filter.minIdle(),
            filter.minBytes(),
            OptionalLong.empty());
    if (named.equals(ConnectionFilter.ALL)) {
      throw new IllegalArgumentException(
          "filter: '" + words + "': expected at least one of " + ConnectionFilter.WORDS);
    }
    return door.director().disconnect(filter, Caller.origin());
  }

  private static ConnectionFilter filter(String words) {
    return ConnectionFilter.read(
        Arrays.stream(words.split("[ ,]+", -1)).filter(word -> !word.isEmpty()).toList());
  }

  private static int limit(String text) {
    return (int) number("limit", text, 1, LIMIT);
  }

  private static long number(String parameter, String text, long least, long most) {
    try {
      long number = Long.parseLong(text.strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, as a number that is too large is.
    }
    throw new IllegalArgumentException(
        parameter + ": '" + text + "': expected a whole number from " + least + " to " + most);
  }
}
