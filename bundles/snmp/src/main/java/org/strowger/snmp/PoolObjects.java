package org.strowger.snmp;

import static org.strowger.snmp.Column.read;
import static org.strowger.snmp.Column.write;

import java.util.List;
import java.util.function.BiFunction;
import org.snmp4j.smi.Variable;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;
import org.strowger.api.Pool;
import org.strowger.api.PoolState;

/** The pools of STROWGER-LB-MIB: wanted and observed. */
final class PoolObjects {
  private PoolObjects() {}

  static Subtree table() {
    RowSource<Configuration, Pool> rows =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            configuration -> configuration.pools().values(),
            pool -> Smi.nameIndex(pool.name()));
    return new Table<>(Oids.below(LbObjects.TABLES, 4), rows, poolColumns());
  }

  private static List<Column<Pool>> poolColumns() {
    return List.of(
        poolState(3, (m, p) -> Smi.gauge(p.realsTotal())),
        poolState(4, (m, p) -> Smi.gauge(p.realsUp())),
        poolState(5, (m, p) -> Smi.gauge(p.realsDraining())),
        poolState(6, (m, p) -> Smi.gauge(p.realsDown())),
        poolState(7, (m, p) -> Smi.gauge(p.weightTotal())),
        poolState(8, (m, p) -> Smi.gauge(p.weightUp())),
        read(9, (m, p) -> Smi.gauge(p.minUp())),
        poolState(10, (m, p) -> Smi.code(p.operState())),
        poolState(11, (m, p) -> Smi.code(p.reason())),
        poolState(12, (m, p) -> Smi.text(p.reasonText())),
        poolState(13, (m, p) -> m.timeStamp(p.lastChange())),
        poolState(14, (m, p) -> Smi.gauge(p.usedByServices())),
        read(15, (m, p) -> Smi.gauge(p.slowStart().toMillis())),
        write(
            16,
            (m, p) -> Smi.code(p.adminState()),
            Writable.adminState(p -> KeyPath.pool(p.name(), "adminState"))),
        poolState(17, (m, p) -> Smi.dateAndTime(p.lastChange())),
        read(18, (m, p) -> Smi.gauge(p.panicThreshold())));
  }

  private static Column<Pool> poolState(int number, BiFunction<Moment, PoolState, Variable> value) {
    return read(number, (m, p) -> Column.present(m, m.snapshot().pools().get(p.name()), value));
  }
}
