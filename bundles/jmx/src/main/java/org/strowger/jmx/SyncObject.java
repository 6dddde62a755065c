package org.strowger.jmx;

import java.util.List;
import javax.management.openmbean.TabularType;
import org.strowger.api.Sync;
import org.strowger.api.SyncState;

/** {@code type=Sync}: connections that directors tell each other, wanted and observed. */
final class SyncObject {
  private static final OpenData<SyncState.Peer> PEER =
      new OpenData.Builder<SyncState.Peer>()
          .text("name", SyncState.Peer::name)
          .text("address", each -> each.address().getHostAddress())
          .flag("connected", SyncState.Peer::connected)
          .text("since", each -> each.since().toString())
          .text("release", SyncState.Peer::release)
          .text("bulkOut", each -> each.bulkOut().word())
          .text("bulkIn", each -> each.bulkIn().word())
          .text("lastBulk", each -> each.lastBulk().map(Object::toString).orElse(""))
          .number("told", SyncState.Peer::told)
          .number("received", SyncState.Peer::received)
          .number("acknowledged", SyncState.Peer::acknowledged)
          .number("dropped", SyncState.Peer::dropped)
          .number("refused", SyncState.Peer::refused)
          .number("peerRefused", SyncState.Peer::peerRefused)
          .number("decodeErrors", SyncState.Peer::decodeErrors)
          .number("messagesOut", SyncState.Peer::messagesOut)
          .number("messagesIn", SyncState.Peer::messagesIn)
          .number("bytesOut", SyncState.Peer::bytesOut)
          .number("backlogBytes", SyncState.Peer::backlogBytes)
          .number("lagMillis", SyncState.Peer::lagMillis)
          .number("lagMaxMillis", SyncState.Peer::lagMaxMillis)
          .number("peerLagMillis", SyncState.Peer::peerLagMillis)
          .number("coverage", each -> (long) each.coverage())
          .build("SyncPeer");

  private static final TabularType PEERS = PEER.table("name");

  /** Both halves. */
  record View(Sync wanted, SyncState state) {}

  static final ObjectKind<View> KIND =
      new ObjectKind<>("Sync", "Connections that directors tell each other", fields(), List.of());

  private SyncObject() {}

  private static List<Field<View>> fields() {
    Fields<View> fields = new Fields<>();
    fields
        .text(
            "Address",
            "Of this director on the link between them",
            v -> v.wanted().address().map(a -> a.getHostAddress()).orElse(""))
        .count("Port", "", "That it listens at", v -> v.wanted().port())
        .text(
            "SecretFile",
            "File with the secret of all of them",
            v -> v.wanted().secretFile().map(Object::toString).orElse(""))
        .count(
            "MinimumAge",
            "ms",
            "Connections that do not live so long are not told",
            v -> v.wanted().minimumAge().toMillis())
        .count("Megabits", "Mbit/s", "Most to each", v -> v.wanted().megabits())
        .gauge("Own", "{connection}", "That this director carries", v -> v.state().own())
        .gauge("Taken", "{connection}", "Of others, to go on with", v -> v.state().taken())
        .text("Unavailable", "Why it cannot be done", v -> v.state().unavailable().orElse(""))
        .text(
            "Behind",
            "Why not all that the others carry is known; empty if it is",
            v -> v.state().behind().orElse(""))
        .data("Peers", PEERS, "The other directors", v -> PEER.rows(PEERS, peers(v)));
    return fields.list();
  }

  private static List<SyncState.Peer> peers(View view) {
    return List.copyOf(view.state().peers().values());
  }
}
