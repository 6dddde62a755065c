package org.strowger.snmp;

import static org.strowger.snmp.Column.read;
import static org.strowger.snmp.Column.write;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.snmp4j.smi.Variable;
import org.strowger.api.Configuration;
import org.strowger.api.HealthPolicy;
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
    List<Column<Pool>> columns = new ArrayList<>(plainColumns());
    columns.addAll(healthColumns());
    return columns;
  }

  private static List<Column<Pool>> healthColumns() {
    return List.of(
        health(19, h -> Smi.gauge(h.checks().size())),
        health(20, h -> Smi.gauge(h.checksRequired())),
        health(21, h -> Smi.code(h.initState())),
        health(22, h -> Smi.code(h.onDown())),
        health(23, h -> Smi.truth(h.manualResume())),
        health(24, h -> Smi.gauge(h.quorum())),
        health(25, h -> Smi.gauge(h.quorumHysteresis())),
        health(26, h -> Smi.gauge(h.outlier().failures())),
        health(27, h -> Smi.gauge(h.outlier().responseFactor())),
        health(28, h -> Smi.gauge(h.outlier().ejection().toMillis())),
        health(29, h -> Smi.gauge(h.outlier().longestEjection().toMillis())),
        health(30, h -> Smi.gauge(h.outlier().maxEjected())),
        health(31, h -> Smi.gauge(h.damping().transitions())),
        health(32, h -> Smi.gauge(h.damping().window().toMillis())),
        health(33, h -> Smi.gauge(h.damping().maxHeld())));
  }

  private static Column<Pool> health(int number, Function<HealthPolicy, Variable> value) {
    return read(number, (m, p) -> value.apply(p.health()));
  }

  private static List<Column<Pool>> plainColumns() {
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
