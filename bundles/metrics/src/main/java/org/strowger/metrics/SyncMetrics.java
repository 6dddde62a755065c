package org.strowger.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.strowger.api.SyncState;
import org.strowger.api.SyncState.Peer;

/** Metrics of the connections that directors tell each other. */
final class SyncMetrics {
  static final Kind<SyncState> SYNC =
      new Kind<SyncState>("sync", s -> Map.of())
          .gauge("own", "That this director carries", SyncState::own)
          .gauge("taken", "Of others, to go on with", SyncState::taken)
          .gauge("ready", "1: it knows all that the others carry", s -> ready(s));

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

  static void collect(SyncState state, Consumer<MetricSnapshot> sink) {
    SYNC.collect(Map.of(Labels.EMPTY, state), sink);
    Map<Labels, Peer> peers = new LinkedHashMap<>();
    state.peers().forEach((name, peer) -> peers.put(Labels.of("peer", name), peer));
    PEER.collect(peers, sink);
  }
}
