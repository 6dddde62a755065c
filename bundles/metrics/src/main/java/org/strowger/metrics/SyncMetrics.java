package org.strowger.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.strowger.api.Sync;
import org.strowger.api.SyncState;
import org.strowger.api.SyncState.Peer;

/** Metrics of the connections that directors tell each other. */
final class SyncMetrics {
  /** Both halves. */
  record View(Sync wanted, SyncState state) {}

  static final Kind<View> SYNC =
      new Kind<View>("sync", v -> Map.of())
          .gauge("port", "That it listens at", v -> v.wanted().port())
          .gauge(
              "minimumAge",
              "Connections that do not live so long are not told",
              v -> v.wanted().minimumAge().toMillis())
          .gauge("megabits", "Most to each", v -> v.wanted().megabits())
          .gauge("own", "That this director carries", v -> v.state().own())
          .gauge("taken", "Of others, to go on with", v -> v.state().taken())
          .gauge("ready", "1: it knows all that the others carry", v -> ready(v.state()));

  static final Kind<Peer> PEER =
      new Kind<Peer>("syncPeer", s -> Map.of())
          .gauge("connected", "1: it is there", p -> p.connected() ? 1L : 0L)
          .counter("told", "Connections told to it", Peer::told)
          .counter("received", "Connections that it told", Peer::received)
          .counter("acknowledged", "Of those told", Peer::acknowledged)
          .counter("dropped", "Not told for want of room", Peer::dropped)
          .counter("refused", "Of it, that cannot be gone on with here", Peer::refused)
          .counter("peerRefused", "That it cannot go on with", Peer::peerRefused)
          .counter("decodeErrors", "Messages that could not be read", Peer::decodeErrors)
          .counter("messagesOut", "Messages sent to it", Peer::messagesOut)
          .counter("messagesIn", "Messages of it", Peer::messagesIn)
          .counter("bytesOut", "Bytes sent to it, before encryption", Peer::bytesOut)
          .gauge("backlogBytes", "Bytes that wait for it", Peer::backlogBytes)
          .gauge("lagMillis", "Age of the oldest not acknowledged", Peer::lagMillis)
          .gauge("lagMaxMillis", "The most of the last minute", Peer::lagMaxMillis)
          .gauge("peerLagMillis", "The same of what it tells", Peer::peerLagMillis)
          .gauge("coverage", "Share that it would go on with, in 0.01 %", p -> (long) p.coverage())
          .state("bulkOut", "The copy to it", SyncState.Bulk.class, Peer::bulkOut)
          .state("bulkIn", "The copy from it", SyncState.Bulk.class, Peer::bulkIn);

  private SyncMetrics() {}

  private static long ready(SyncState state) {
    return state.behind().isEmpty() ? 1 : 0;
  }

  static void collect(Sync wanted, SyncState state, Consumer<MetricSnapshot> sink) {
    SYNC.collect(Map.of(Labels.EMPTY, new View(wanted, state)), sink);
    Map<Labels, Peer> peers = new LinkedHashMap<>();
    state.peers().forEach((name, peer) -> peers.put(Labels.of("peer", name), peer));
    PEER.collect(peers, sink);
  }
}
