package org.strowger.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;

/** {@code top}: who has the most traffic, now. */
final class Talkers {
  /** Time between the two looks that a rate is made of. */
  static final Duration BETWEEN = Duration.ofSeconds(1);

  /** Rows, unless another limit is given. */
  static final int LIMIT = 20;

  private static final List<String> KINDS = List.of("client", "real-server", "service");

  private static final String[] COLUMNS = {
    "NAME=name",
    "CONNECTIONS=connections",
    "IN/S=bytesInPerSecond",
    "OUT/S=bytesOutPerSecond",
    "IN=bytesIn",
    "OUT=bytesOut"
  };

  /**
   * A talker with its rates.
   *
   * @param bytesInPerSecond of connections that lived during both looks
   */
  private record Rated(
      String name,
      long connections,
      long bytesInPerSecond,
      long bytesOutPerSecond,
      long bytesIn,
      long bytesOut) {

    /** The rates are 0 if connections have ended and taken more away than has come. */
    static Rated of(@Nullable Talker before, Talker now, double seconds) {
      long in = before == null ? 0 : before.bytesIn();
      long out = before == null ? 0 : before.bytesOut();
      return new Rated(
          now.name(),
          now.connections(),
          Math.round(Math.max(0, now.bytesIn() - in) / seconds),
          Math.round(Math.max(0, now.bytesOut() - out) / seconds),
          now.bytesIn(),
          now.bytesOut());
    }

    long rate() {
      return bytesInPerSecond + bytesOutPerSecond;
    }

    long bytes() {
      return bytesIn + bytesOut;
    }
  }

  private final Door door;

  Talkers(Door door) {
    this.door = door;
  }

  Command command() {
    return new Command(
        "top",
        "[" + String.join("|", KINDS) + "] " + Filters.USAGE + " [limit=" + LIMIT + "]",
        "sums of the live connections that match, and their bytes a second: the busiest first",
        this::run,
        this::candidates);
  }

  private Output run(Request request) {
    Optional<String> kind = request.words().stream().findFirst().filter(KINDS::contains);
    List<String> rest = request.words().stream().skip(kind.isPresent() ? 1 : 0).toList();
    Filters filters = Filters.read(door.snapshot(), rest, LIMIT);
    List<Rated> rated = rated(kind(kind.orElse(KINDS.getFirst())), filters);
    List<Map<String, @Nullable Object>> rows = Rows.of(rated);
    return Output.done(Table.of(rows, COLUMNS), rows);
  }

  private static TalkerKind kind(String word) {
    return switch (word) {
      case "real-server" -> TalkerKind.REAL_SERVER;
      case "service" -> TalkerKind.SERVICE;
      default -> TalkerKind.CLIENT;
    };
  }

  private List<Rated> rated(TalkerKind kind, Filters filters) {
    Map<String, Talker> before = new HashMap<>();
    long started = System.nanoTime();
    look(kind, filters).forEach(talker -> before.put(talker.name(), talker));
    try {
      Thread.sleep(BETWEEN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.busy("busy: interrupted");
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    List<Rated> rated = new ArrayList<>();
    look(kind, filters).forEach(now -> rated.add(Rated.of(before.get(now.name()), now, seconds)));
    rated.sort(Comparator.comparingLong(Rated::rate).thenComparingLong(Rated::bytes).reversed());
    return rated.stream().limit(filters.limit()).toList();
  }

  /** All that may be shown: who is the busiest now need not have the most bytes so far. */
  private List<Talker> look(TalkerKind kind, Filters filters) {
    return door.director().top(kind, filters.filter(), Filters.MOST);
  }

  private List<String> candidates(List<String> words) {
    List<String> candidates = new ArrayList<>(words.isEmpty() ? KINDS : List.of());
    candidates.addAll(Filters.candidates(door.snapshot()));
    candidates.add("limit=");
    return candidates;
  }
}
