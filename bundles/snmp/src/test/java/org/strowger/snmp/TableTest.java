package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.Snapshot;
import org.strowger.api.UpgradeStatus;

/** A table that two requests walk at once, over UDP and TLS, each with its own snapshot. */
class TableTest {
  private static final int ROWS = 50;

  private final AgentState state =
      new AgentState(
          Engine.starting(new OctetString("an engine".getBytes(StandardCharsets.US_ASCII)), 1),
          new ProtocolCounters(),
          Map.of(),
          Map.of(),
          List.of(),
          new NotificationLog(),
          Map.of(),
          Optional.empty());
  private final FakeDirector director = new FakeDirector();
  private final AtomicInteger sorted = new AtomicInteger();

  private List<Integer> rows() {
    sorted.incrementAndGet();
    return IntStream.range(0, ROWS).boxed().toList();
  }

  private Moment moment(long upTime) {
    Snapshot snapshot = director.snapshot();
    return new Moment(snapshot, state, Sources.none(), () -> UpgradeStatus.NONE, upTime);
  }

  @Test
  void walksAtOnceSortTheRowsOnceEach() {
    RowSource<Moment, Integer> source =
        new RowSource<>(moment -> moment, moment -> rows(), row -> new OID(new int[] {row + 1}));
    OID root = Oids.below(Oids.STG_MGMT, 3, 1);
    Table<Integer> table =
        new Table<>(
            root,
            source,
            List.of(Column.read(1, (moment, row) -> Smi.gauge(moment.upTime() + row))));
    Moment one = moment(1_000);
    Moment other = moment(2_000);
    Cursor ofOne = new Cursor();
    Cursor ofOther = new Cursor();
    OID atOne = root;
    OID atOther = root;
    for (int i = 0; i < ROWS; i++) {
      VariableBinding first = table.next(one, atOne, ofOne);
      VariableBinding second = table.next(other, atOther, ofOther);
      assertEquals(1_000 + i, first.getVariable().toLong());
      assertEquals(2_000 + i, second.getVariable().toLong());
      atOne = first.getOid();
      atOther = second.getOid();
      ofOne.inObject(atOne, 0, true); // as the tree does
      ofOther.inObject(atOther, 0, true);
    }
    assertEquals(2, sorted.get());
  }
}
