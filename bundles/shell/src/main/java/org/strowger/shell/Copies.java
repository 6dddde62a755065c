package org.strowger.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.ConnectionSync;
import org.strowger.api.SyncState;

/** {@code show sync}: what other directors were told of the connections here, and told. */
final class Copies {
  private static final String[] PEERS = {
    "NAME=name",
    "ADDRESS=address",
    "CONNECTED=connected",
    "COPY-OUT=bulkOut",
    "COPY-IN=bulkIn",
    "TOLD=told",
    "ACKED=acknowledged",
    "RECEIVED=received",
    "REFUSED=refused",
    "DROPPED=dropped",
    "BACKLOG=backlogBytes",
    "LAG-MS=lagMillis",
    "MAX-MS=lagMaxMillis",
    "COVERAGE=coverage"
  };

  private final Awaited<ConnectionSync> sync;

  Copies(Awaited<ConnectionSync> sync) {
    this.sync = sync;
  }

  Output shown(Optional<String> name) {
    SyncState state = sync.get().state();
    List<Map<String, @Nullable Object>> rows = Rows.of(List.copyOf(state.peers().values()));
    if (name.isPresent()) {
      Map<String, @Nullable Object> row =
          Known.rows("director", name.get(), "name", rows).getFirst();
      return Output.done(Table.details(row), row);
    }
    List<String> lines = new ArrayList<>();
    if (!state.wanted()) {
      lines.add("connections are not told to other directors: no sync.peers are configured");
    } else {
      lines.add("%d connections here, %d of others".formatted(state.own(), state.taken()));
      lines.add(state.behind().map(why -> "not up to date: " + why).orElse("up to date"));
    }
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("wanted", state.wanted());
    data.put("unavailable", state.unavailable().orElse(null));
    data.put("own", state.own());
    data.put("taken", state.taken());
    data.put("behind", state.behind().orElse(null));
    data.put("peers", rows);
    String table = rows.isEmpty() ? "" : Table.of(rows, PEERS);
    return Output.done(String.join("\n", lines) + "\n" + table, data);
  }

  List<String> names() {
    return sync.now()
        .map(ConnectionSync::state)
        .map(s -> List.copyOf(s.peers().keySet()))
        .orElse(List.of());
  }
}
