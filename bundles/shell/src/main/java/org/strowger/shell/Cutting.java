package org.strowger.shell;

import java.util.Map;
import org.strowger.api.ConnectionFilter;

/** {@code disconnect}: cuts live connections. */
final class Cutting {
  private static final String EXPECTED = "at least one of " + ConnectionFilter.WORDS;

  private final Door door;

  Cutting(Door door) {
    this.door = door;
  }

  Command command() {
    return new Command(
        "disconnect",
        Filters.USAGE,
        "cuts the live connections that match all parts given; age, idle, bytes: at least so much",
        this::run,
        words -> Filters.candidates(door.snapshot()));
  }

  private Output run(Request request) {
    request.word(0, EXPECTED);
    for (String word : request.words()) {
      if (word.startsWith("limit=") || word.indexOf('=') < 0) {
        throw CommandFailure.usage("'" + word + "': expected " + EXPECTED);
      }
    }
    Filters filters = Filters.read(door.snapshot(), request.words(), Filters.MOST);
    if (filters.everything()) {
      throw CommandFailure.usage("expected " + EXPECTED + ", and not only after=");
    }
    int cut = door.director().disconnect(filters.filter(), request.origin());
    String text = cut == 1 ? "1 connection cut" : cut + " connections cut";
    return Output.done(text, Map.of("disconnected", cut));
  }
}
