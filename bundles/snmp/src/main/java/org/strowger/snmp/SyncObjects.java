package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.Variable;
import org.strowger.api.Sync;
import org.strowger.api.SyncState;

/**
 * The part of STROWGER-HA-MIB about the telling of connections between directors. The numbers are
 * those of the module.
 */
final class SyncObjects {
  private static final OID SYNC = Oids.below(Oids.STG_HA_MIB, 1, 3);
  private static final OID PEERS = Oids.below(Oids.STG_HA_MIB, 1, 2, 4);

  /** DateAndTime of what never was, as HOST-RESOURCES-MIB has it. */
  private static final Variable NEVER = new OctetString(new byte[] {0, 0, 1, 1, 0, 0, 0, 0});

  private SyncObjects() {}

  static Collection<Subtree> all() {
    return List.of(
        wanted(1, s -> Smi.text(s.address().map(a -> a.getHostAddress()).orElse(""))),
        wanted(2, s -> Smi.gauge(s.port())),
        wanted(3, s -> Smi.text(s.secretFile().map(Object::toString).orElse(""))),
        wanted(4, s -> Smi.gauge(s.minimumAge().toMillis())),
        wanted(5, s -> Smi.gauge(s.megabits())),
        observed(6, s -> Smi.gauge(s.own())),
        observed(7, s -> Smi.gauge(s.taken())),
        observed(8, s -> Smi.text(s.unavailable().orElse(""))),
        observed(9, s -> Smi.text(s.behind().orElse(""))),
        peers());
  }

  private static Subtree wanted(int number, Function<Sync, Variable> value) {
    return new Scalar(
        Oids.below(SYNC, number), m -> value.apply(m.snapshot().configuration().sync()));
  }

  private static Subtree observed(int number, Function<SyncState, Variable> value) {
    return new Scalar(Oids.below(SYNC, number), m -> value.apply(m.sync()));
  }

  private static Subtree peers() {
    RowSource<SyncState, SyncState.Peer> rows =
        new RowSource<>(
            Moment::sync, state -> state.peers().values(), peer -> Smi.nameIndex(peer.name()));
    List<Column<SyncState.Peer>> columns = new ArrayList<>();
    columns.add(read(2, (m, p) -> Smi.text(p.address().getHostAddress())));
    columns.add(read(3, (m, p) -> Smi.truth(p.connected())));
    columns.add(read(4, (m, p) -> Smi.dateAndTime(p.since())));
    columns.add(read(5, (m, p) -> Smi.text(p.release())));
    columns.add(read(6, (m, p) -> Smi.code(p.bulkOut())));
    columns.add(read(7, (m, p) -> Smi.code(p.bulkIn())));
    columns.add(read(8, (m, p) -> p.lastBulk().map(SyncObjects::time).orElse(NEVER)));
    int number = 9;
    for (ToLongFunction<SyncState.Peer> each : counters()) {
      columns.add(read(number++, (m, p) -> Smi.counter64(each.applyAsLong(p))));
    }
    columns.add(read(19, (m, p) -> Smi.gauge(p.backlogBytes())));
    columns.add(read(20, (m, p) -> Smi.gauge(p.lagMillis())));
    columns.add(read(21, (m, p) -> Smi.gauge(p.lagMaxMillis())));
    columns.add(read(22, (m, p) -> Smi.gauge(p.peerLagMillis())));
    columns.add(read(23, (m, p) -> Smi.gauge(p.coverage())));
    return new Table<>(PEERS, rows, columns);
  }

  private static Variable time(Instant instant) {
    return Smi.dateAndTime(instant);
  }

  /** In the order of their columns. */
  private static List<ToLongFunction<SyncState.Peer>> counters() {
    return List.of(
        SyncState.Peer::told,
        SyncState.Peer::received,
        SyncState.Peer::acknowledged,
        SyncState.Peer::dropped,
        SyncState.Peer::refused,
        SyncState.Peer::peerRefused,
        SyncState.Peer::decodeErrors,
        SyncState.Peer::messagesOut,
        SyncState.Peer::messagesIn,
        SyncState.Peer::bytesOut);
  }
}
