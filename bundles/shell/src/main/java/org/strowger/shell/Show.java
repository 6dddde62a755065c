package org.strowger.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.BundleView;
import org.strowger.api.Connection;
import org.strowger.api.Snapshot;

/** {@code show}: all there is to see, from one snapshot. */
final class Show {
  /** Connections shown at once, unless another limit is given. */
  static final int CONNECTION_LIMIT = 1_000;

  static final List<String> THINGS =
      List.of(
          "services",
          "pools",
          "real-servers",
          "connections",
          "planes",
          "bundles",
          "revisions",
          "alarms",
          "shelves",
          "schedulers",
          "checks",
          "check-types",
          "health",
          "hooks",
          "system",
          "devices",
          "pm",
          "vrrp",
          "switches",
          "sync");

  private final Door door;
  private final Rows rows;
  private final Machine machine;
  private final Copies copies;

  Show(Door door, Sources sources) {
    this.door = door;
    this.machine = new Machine(door, sources);
    this.copies = new Copies(sources.sync());
    this.rows = new Rows(door);
  }

  Command command() {
    return new Command(
        "show",
        String.join("|", THINGS)
            + " [NAME], or connections "
            + Filters.USAGE
            + " [limit=N], or checks "
            + Probes.USAGE
            + ", or alarms --history, or pm "
            + Machine.USAGE,
        "what is wanted, observed and counted; with a name, everything about that one;"
            + " connections that match all parts given (age, idle, bytes: at least so much)",
        this::run,
        this::candidates);
  }

  private Output run(Request request) {
    String thing = request.word(0, String.join(", ", THINGS));
    if (thing.equals("connections")) {
      return connections(request.words().subList(1, request.words().size()));
    }
    if (thing.equals("alarms") && request.words().contains(AlarmCommands.HISTORY)) {
      return AlarmCommands.history(door.snapshot(), request);
    }
    if (thing.equals("checks")) {
      return Probes.shown(door.snapshot(), request.words().subList(1, request.words().size()));
    }
    if (thing.equals("pm")) {
      return machine.performance(request.words().subList(1, request.words().size()));
    }
    request.atMost(2);
    Optional<String> name = request.words().stream().skip(1).findFirst();
    return switch (thing) {
      case "services" -> shown(name, "virtual service", "name", rows.services(), SERVICES);
      case "real-servers" -> shown(name, "real server", "id", rows.realServers(), REAL_SERVERS);
      case "pools" -> shown(name, "pool", "name", rows.pools(), POOLS);
      case "planes" -> shown(name, "forwarding plane", "name", rows.planes(), PLANES);
      case "bundles" -> shown(name, "bundle", "name", rows.bundles(), BUNDLES);
      case "revisions" -> shown(name, "revision", "number", rows.revisions(), REVISIONS);
      case "alarms" -> shown(name, "active alarm", "index", rows.alarms(), ALARMS);
      case "shelves" -> shown(name, "shelf", "name", rows.shelves(), SHELVES);
      case "schedulers" -> shown(name, "scheduler", "name", rows.schedulers(), SCHEDULERS);
      case "check-types" -> shown(name, "check type", "name", rows.checkTypes(), CHECK_TYPES);
      case "health" -> health(rows.health());
      case "hooks" -> shown(name, "hook", "name", rows.hooks(), HOOKS);
      case "system" -> machine.system();
      case "devices" -> shown(name, "network device", "name", machine.devices(), Machine.DEVICES);
      case "vrrp" -> vrrp(name);
      case "sync" -> copies.shown(name);
      case "switches" -> shown(name, "switch", "number", rows.switches(), SWITCHES);
      default ->
          throw CommandFailure.usage("'" + thing + "': expected " + String.join(", ", THINGS));
    };
  }

  private static final String[] SERVICES = {
    "NAME=name",
    "ADDRESS=address",
    "PORT=port",
    "SCHEDULER=scheduler",
    "POOL=pool",
    "ADMIN=adminState",
    "STATE=operState",
    "UP=realsUp",
    "OF=realsTotal",
    "ACTIVE=connsActive",
    "TOTAL=connsTotal",
    "WHY=reasonText"
  };

  private static final String[] REAL_SERVERS = {
    "NAME=id",
    "ADDRESS=address",
    "PORT=port",
    "WEIGHT=weight",
    "ADMIN=adminState",
    "STATE=operState",
    "ACTIVE=connsActive",
    "TOTAL=connsTotal",
    "FAILED=connFailures",
    "WHY=reasonText"
  };

  private static final String[] POOLS = {
    "NAME=name",
    "ADMIN=adminState",
    "STATE=operState",
    "UP=realsUp",
    "OF=realsTotal",
    "WEIGHT=weightUp",
    "MIN-UP=minUp",
    "SLOW-START=slowStart",
    "PANIC=panicThreshold",
    "WHY=reasonText"
  };

  private static final String[] PLANES = {
    "NAME=name",
    "TRANSPORT=transport",
    "HELD=connsHeld",
    "FILES=openFiles",
    "OF=maxFiles",
    "ACCEPT-PAUSES=acceptPauses",
    "BUFFER-PAUSES=bufferPauses",
    "BUFFERED=bufferBytes"
  };

  private static final String[] CONNECTIONS = {
    "ID=id",
    "SERVICE=service",
    "CLIENT=client",
    "REAL=real",
    "STATE=state",
    "AGE=age",
    "IDLE=idle",
    "IN=bytesIn",
    "OUT=bytesOut"
  };

  private static final String[] BUNDLES = {
    "ID=bundleId", "NAME=name", "VERSION=version", "STATE=state", "MODIFIED=lastModified"
  };

  private static final String[] REVISIONS = {
    "NUMBER=number", "TIME=time", "BY=kind", "USER=user", "SOURCE=source", "COMMENT=comment"
  };

  private static final String[] ALARMS = {
    "INDEX=index",
    "SEVERITY=severity",
    "TYPE=type",
    "RESOURCE=resource",
    "RAISED=raisedTime",
    "MARKS=marks",
    "TEXT=text"
  };

  private static final String[] SHELVES = {
    "NAME=name", "TYPE=type", "RESOURCE=resource", "UNTIL=until", "COMMENT=comment"
  };

  private static final String[] SCHEDULERS = {
    "NAME=name",
    "KIND=kind",
    "STATE=state",
    "BUNDLE=bundleName",
    "VERSION=version",
    "USERS=users",
    "PICKS=invocations",
    "FAILED=failures",
    "SWAPS=swapCount"
  };

  private static final String[] HOOKS = {
    "NAME=name",
    "RUNS=runs",
    "FAILURES=failures",
    "TIMEOUTS=timeouts",
    "DROPPED=dropped",
    "WAITING=waiting",
    "FAILING=failing",
    "LAST=lastTime",
    "TEXT=lastText"
  };

  private static final String[] VRRP = {
    "NAME=name",
    "ROLE=role",
    "SINCE=since",
    "PRIORITY=priority",
    "ACTIVE=active",
    "ITS-PRIORITY=activePriority",
    "HELD=held",
    "DOWN-MS=masterDownMillis",
    "STANDBY=forcedStandby",
    "SENT=advertsSent",
    "RECEIVED=advertsReceived",
    "WHY=reasonText"
  };

  private static final String[] SWITCHES = {
    "NUMBER=number",
    "TIME=time",
    "INSTANCE=instance",
    "FROM=from",
    "TO=to",
    "REASON=reason",
    "PEER=peer",
    "MS=durationMillis"
  };

  private static final String[] CHECK_TYPES = {
    "NAME=name",
    "STATE=state",
    "BUNDLE=bundleName",
    "VERSION=version",
    "USERS=users",
    "SWAPS=swapCount"
  };

  private static final String[] HEALTH = {
    "PROBES=probes",
    "RUNNING=running",
    "OF=runningLimit",
    "LOOKS=looks",
    "STALLS=stalls",
    "STALLED=stalled",
    "LATE-P99-US=latenessMicros"
  };

  /** Why this director takes no part stands before what there is of it. */
  private Output vrrp(Optional<String> name) {
    Output shown = shown(name, "VRRP instance", "name", rows.vrrp(), VRRP);
    return door.snapshot()
        .failover()
        .unavailable()
        .map(why -> Output.done(why + "\n" + shown.text(), shown.data()))
        .orElse(shown);
  }

  private static Output health(List<Map<String, @Nullable Object>> rows) {
    return Output.done(Table.of(rows, HEALTH), rows);
  }

  private static Output shown(
      Optional<String> name,
      String kind,
      String key,
      List<Map<String, @Nullable Object>> rows,
      String[] columns) {
    if (name.isEmpty()) {
      return Output.done(Table.of(rows, columns), rows);
    }
    List<Map<String, @Nullable Object>> named = Known.rows(kind, name.get(), key, rows);
    StringBuilder text = new StringBuilder();
    for (Map<String, @Nullable Object> row : named) {
      text.append(Table.details(row));
    }
    return Output.done(text.toString(), named.size() == 1 ? named.getFirst() : named);
  }

  /** One more than is shown is asked for, so that it is known whether there are more. */
  private Output connections(List<String> words) {
    Filters filters = Filters.read(door.snapshot(), words, CONNECTION_LIMIT);
    List<Connection> found = door.director().connections(filters.filter(), filters.limit() + 1);
    boolean more = found.size() > filters.limit();
    List<Connection> page = more ? found.subList(0, filters.limit()) : found;
    List<Map<String, @Nullable Object>> rows = Rows.of(page);
    String next = more ? "more: show connections " + filters.next(page.getLast().id()) + "\n" : "";
    return Output.done(Table.of(rows, CONNECTIONS) + next, rows);
  }

  private List<String> candidates(List<String> words) {
    if (words.isEmpty()) {
      return THINGS;
    }
    Snapshot snapshot = door.snapshot();
    if (words.getFirst().equals("connections")) {
      List<String> candidates = new ArrayList<>(Filters.candidates(snapshot));
      candidates.add("limit=");
      return candidates;
    }
    if (words.getFirst().equals("checks")) {
      return Probes.candidates(snapshot);
    }
    if (words.size() > 1) {
      return List.of();
    }
    return switch (words.getFirst()) {
      case "services" -> Known.services(snapshot);
      case "pools" -> Known.pools(snapshot);
      case "planes" -> List.copyOf(snapshot.planes().keySet());
      case "real-servers" -> Known.realServers(snapshot);
      case "bundles" -> snapshot.bundles().stream().map(BundleView::name).toList();
      case "revisions" ->
          door.director().revisions().stream().map(r -> Long.toString(r.number())).toList();
      case "alarms" -> snapshot.activeAlarms().stream().map(a -> Long.toString(a.index())).toList();
      case "shelves" -> List.copyOf(snapshot.configuration().alarms().shelves().keySet());
      case "schedulers" -> List.copyOf(snapshot.schedulers().keySet());
      case "check-types" -> List.copyOf(snapshot.checkTypes().keySet());
      case "hooks" -> List.copyOf(snapshot.hooks().keySet());
      case "devices" -> machine.deviceNames();
      case "pm" -> machine.objects();
      case "sync" -> copies.names();
      case "vrrp" -> List.copyOf(snapshot.failover().instances().keySet());
      default -> List.of();
    };
  }
}
