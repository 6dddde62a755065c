package org.strowger.shell;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.Prefix;
import org.strowger.api.RealServerId;
import org.strowger.api.Snapshot;

/** {@code disconnect}: cuts live connections. */
final class Cutting {
  private static final String EXPECTED =
      "at least one of service=NAME, real=POOL/REAL, client=ADDRESS";

  private final Door door;

  Cutting(Door door) {
    this.door = door;
  }

  Command command() {
    return new Command(
        "disconnect",
        "[service=NAME] [real=POOL/REAL] [client=ADDRESS]",
        "cuts the live connections that match all parts given",
        this::run,
        this::candidates);
  }

  private Output run(Request request) {
    request.word(0, EXPECTED);
    request.atMost(3);
    ConnectionFilter filter = ConnectionFilter.ALL;
    for (String word : request.words()) {
      filter = narrowed(filter, word);
    }
    int cut = door.director().disconnect(filter, request.origin());
    String text = cut == 1 ? "1 connection cut" : cut + " connections cut";
    return Output.done(text, Map.of("disconnected", cut));
  }

  private ConnectionFilter narrowed(ConnectionFilter filter, String word) {
    String value = word.substring(word.indexOf('=') + 1);
    Snapshot snapshot = door.snapshot();
    return switch (word.substring(0, Math.max(0, word.indexOf('=')))) {
      case "service" -> filter.withService(Known.service(snapshot, value).name());
      case "real" -> filter.withReal(real(value));
      case "client" -> filter.withClient(Prefix.of(address(value)));
      default -> throw CommandFailure.usage("'" + word + "': expected " + EXPECTED);
    };
  }

  /** Also one that is no longer configured: its connections may still be there. */
  private static RealServerId real(String value) {
    return RealServerId.parse(value)
        .orElseThrow(() -> CommandFailure.usage("'" + value + "': expected POOL/REAL"));
  }

  private static InetAddress address(String value) {
    try {
      return InetAddress.ofLiteral(value);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("'" + value + "': expected a numeric address");
    }
  }

  private List<String> candidates(List<String> words) {
    Snapshot snapshot = door.snapshot();
    List<String> candidates = new ArrayList<>();
    Known.services(snapshot).forEach(name -> candidates.add("service=" + name));
    Known.realServers(snapshot).forEach(name -> candidates.add("real=" + name));
    candidates.add("client=");
    return candidates;
  }
}
