package org.strowger.shell;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Coded;
import org.strowger.api.FailoverCommand;

/** {@code failover}: hands over to another director, or takes part again. */
final class Switching {
  private final Door door;

  Switching(Door door) {
    this.door = door;
  }

  Command command() {
    String words =
        String.join("|", Arrays.stream(FailoverCommand.values()).map(Coded::word).toList());
    return new Command(
        "failover",
        words + " [INSTANCE]",
        "switch: hands over to the other director, once; force-standby: the same, and is never"
            + " active until release, also after a restart",
        this::run,
        this::candidates);
  }

  private Output run(Request request) {
    request.atMost(2);
    String expected = Coded.words(FailoverCommand.class);
    String word = request.word(0, expected);
    FailoverCommand command =
        Coded.byWord(FailoverCommand.class, word)
            .orElseThrow(() -> CommandFailure.usage("'" + word + "': expected " + expected));
    String instance = request.words().stream().skip(1).findFirst().orElse("");
    Optional<String> why = door.director().failover(command, instance, request.origin());
    if (why.isPresent()) {
      throw CommandFailure.rejected(why.get());
    }
    String text =
        switch (command) {
          case SWITCH -> "handed over; see: show vrrp";
          case FORCE_STANDBY -> "on standby until released: failover release";
          case RELEASE -> "takes part again";
        };
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("result", "done");
    data.put("text", text);
    return Output.done(text, data);
  }

  private List<String> candidates(List<String> words) {
    return switch (words.size()) {
      case 0 -> Arrays.stream(FailoverCommand.values()).map(Coded::word).toList();
      case 1 -> List.copyOf(door.snapshot().failover().instances().keySet());
      default -> List.of();
    };
  }
}
