package org.strowger.shell;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.strowger.api.BundleView;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.PortRange;
import org.strowger.api.RealServerId;
import org.strowger.api.Reason;
import org.strowger.api.Snapshot;
import org.strowger.api.VirtualService;

/** {@code explain} and {@code why}: questions without effect. */
final class Questions {
  private static final String[] CANDIDATES = {
    "REAL=id", "WEIGHT=weight", "AVAILABLE=available", "ACTIVE=active", "INACTIVE=inactive"
  };

  private final Door door;

  Questions(Door door) {
    this.door = door;
  }

  List<Command> commands() {
    return List.of(
        new Command(
            "explain",
            "SERVICE ADDRESS:PORT [SERVICE-PORT]",
            "where a new connection of this client would go now, and why; of a service on many"
                + " ports, to that one (the first if none is given)",
            this::explain,
            words -> words.isEmpty() ? Known.services(door.snapshot()) : List.of()),
        new Command(
            "why",
            "NAME",
            "state, reason and since when, of a service, pool, pool/real, scheduler, check type or"
                + " bundle; of pool/real also who has a say in it, and the last results of its"
                + " checks",
            this::why,
            words -> words.isEmpty() ? everything(door.snapshot()) : List.of()));
  }

  private Output explain(Request request) {
    request.atMost(3);
    String name = request.word(0, "the name of a virtual service");
    InetSocketAddress client = endpoint(request.word(1, "the client as ADDRESS:PORT"));
    Snapshot snapshot = door.snapshot();
    VirtualService service = Known.service(snapshot, name);
    InetSocketAddress destination =
        new InetSocketAddress(service.address(), port(request, service.port()));
    Flow flow = new Flow(service.protocol(), client, destination);
    Explanation explanation =
        door.director()
            .explain(name, flow)
            .orElseThrow(() -> CommandFailure.rejected("no virtual service '" + name + "'"));
    List<Map<String, @Nullable Object>> candidates = new ArrayList<>();
    explanation.candidates().forEach(each -> candidates.add(Plain.row(each)));
    String text =
        explanation.chosen()
            + ": "
            + explanation.why()
            + "\nservice "
            + explanation.service()
            + ", scheduler "
            + explanation.scheduler()
            + "\n";
    return Output.done(text + Table.of(candidates, CANDIDATES), explanation);
  }

  private static int port(Request request, PortRange ports) {
    if (request.words().size() < 3) {
      return ports.first();
    }
    String expected = "a port of the service: " + ports;
    long port = request.number(2, expected);
    if (port > PortRange.MAX || !ports.contains((int) port)) {
      throw CommandFailure.usage("'" + port + "': expected " + expected);
    }
    return (int) port;
  }

  /** {@code ADDRESS:PORT}, the address numeric: nothing is asked of a name server. */
  static InetSocketAddress endpoint(String word) {
    int colon = word.lastIndexOf(':');
    try {
      InetAddress address = InetAddress.ofLiteral(word.substring(0, Math.max(0, colon)));
      return new InetSocketAddress(address, Integer.parseInt(word.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          "'" + word + "': expected ADDRESS:PORT, such as 192.0.2.1:4000 or [2001:db8::1]:4000");
    }
  }

  private Output why(Request request) {
    String name = request.only("a name");
    Snapshot snapshot = door.snapshot();
    List<Map<String, @Nullable Object>> found = new ArrayList<>();
    add(found, "service", name, snapshot.services().get(name));
    add(found, "pool", name, snapshot.pools().get(name));
    RealServerId.parse(name)
        .ifPresent(id -> add(found, "real-server", name, snapshot.realServers().get(id)));
    add(found, "scheduler", name, snapshot.schedulers().get(name));
    add(found, "check-type", name, snapshot.checkTypes().get(name));
    add(found, "hook", name, snapshot.hooks().get(name));
    snapshot.bundles().stream()
        .filter(bundle -> bundle.name().equals(name))
        .forEach(bundle -> add(found, "bundle", name, bundle));
    if (found.isEmpty()) {
      throw Known.unknown(
          "service, pool, real server, scheduler, check type or bundle",
          name,
          everything(snapshot));
    }
    StringBuilder text = new StringBuilder();
    for (Map<String, @Nullable Object> row : found) {
      text.append(sentence(row)).append('\n');
    }
    RealServerId.parse(name)
        .flatMap(id -> door.director().why(id))
        .ifPresent(
            why -> {
              text.append(Probes.explained(snapshot, why));
              found.getFirst().put("evidence", Plain.of(why.evidence()));
              found.getFirst().put("checks", Probes.shown(snapshot, List.of(name)).data());
            });
    return Output.done(text.toString(), found.size() == 1 ? found.getFirst() : found);
  }

  private static void add(
      List<Map<String, @Nullable Object>> found, String kind, String name, @Nullable Record state) {
    if (state != null) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("kind", kind);
      row.put("name", name);
      Plain.row(state).forEach(row::putIfAbsent);
      found.add(row);
    }
  }

  private static String sentence(Map<String, @Nullable Object> row) {
    String state = first(row, "operState", "state");
    String since = first(row, "lastChange", "lastSwap", "lastModified");
    String given = first(row, "reasonText", "reason", "bundleName");
    String why = given.equals(Reason.NONE.word()) ? "" : given;
    String version = first(row, "version");
    return row.get("kind")
        + " "
        + row.get("name")
        + (version.isEmpty() ? "" : " " + version)
        + " is "
        + state
        + " since "
        + since
        + (why.isEmpty() ? "" : ": " + why);
  }

  private static String first(Map<String, @Nullable Object> row, String... keys) {
    return Stream.of(keys)
        .map(key -> Plain.text(row.get(key)))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  private static List<String> everything(Snapshot snapshot) {
    List<String> names = new ArrayList<>(Known.services(snapshot));
    names.addAll(Known.pools(snapshot));
    names.addAll(Known.realServers(snapshot));
    names.addAll(snapshot.schedulers().keySet());
    names.addAll(snapshot.checkTypes().keySet());
    names.addAll(snapshot.hooks().keySet());
    names.addAll(snapshot.bundles().stream().map(BundleView::name).toList());
    return names.stream().distinct().toList();
  }
}
