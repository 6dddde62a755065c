package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.SMIConstants;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.strowger.snmp.NotificationLog.Entry;
import org.strowger.snmp.NotificationLog.Kept;

/**
 * NOTIFICATION-LOG-MIB (RFC 3014): what was notified, for managers that missed it. There is one
 * log, whose name is empty; how many it keeps is fixed, and nothing in it can be written.
 */
final class NotificationLogObjects {
  static final OID ROOT = Oids.below(Oids.MIB_2, 92);

  private static final OID CONFIG = Oids.below(ROOT, 1, 1);
  private static final OID STATS = Oids.below(ROOT, 1, 2);
  private static final OID LOG = Oids.below(ROOT, 1, 3);
  private static final OID THE_LOG = new OID(new int[] {0});
  private static final Variable ENABLED = Smi.integer(1);
  private static final Variable OPERATIONAL = Smi.integer(2);
  private static final Variable NOTHING = new OctetString();

  /** By the syntax of a value: nlmLogVariableValueType, and the column that holds it. */
  private static final Map<Integer, int[]> TYPES =
      Map.of(
          SMIConstants.SYNTAX_COUNTER32, new int[] {1, 4},
          SMIConstants.SYNTAX_GAUGE32, new int[] {2, 5},
          SMIConstants.SYNTAX_TIMETICKS, new int[] {3, 6},
          SMIConstants.SYNTAX_INTEGER, new int[] {4, 7},
          SMIConstants.SYNTAX_OCTET_STRING, new int[] {6, 8},
          SMIConstants.SYNTAX_OBJECT_IDENTIFIER, new int[] {7, 10},
          SMIConstants.SYNTAX_COUNTER64, new int[] {8, 11});

  /** A variable of a notification. */
  private record Part(Entry of, int number, VariableBinding variable) {}

  private NotificationLogObjects() {}

  static Collection<Subtree> all() {
    RowSource<OID, OID> theLog = new RowSource<>(m -> THE_LOG, List::of, name -> name);
    RowSource<Kept, Entry> entries =
        new RowSource<>(
            m -> m.agent().log().kept(),
            Kept::entries,
            entry -> new OID(new int[] {0, (int) entry.number()}));
    RowSource<Kept, Part> parts =
        new RowSource<>(
            m -> m.agent().log().kept(),
            NotificationLogObjects::parts,
            part -> new OID(new int[] {0, (int) part.of().number(), part.number()}));
    return List.of(
        new Scalar(Oids.below(CONFIG, 1), m -> Smi.gauge(NotificationLog.LIMIT)),
        new Scalar(Oids.below(CONFIG, 2), m -> Smi.gauge(0)),
        new Table<>(Oids.below(CONFIG, 3), theLog, configuration()),
        new Scalar(Oids.below(STATS, 1), m -> Smi.counter32(m.agent().log().kept().logged())),
        new Scalar(Oids.below(STATS, 2), m -> Smi.counter32(m.agent().log().kept().bumped())),
        new Table<>(
            Oids.below(STATS, 3),
            theLog,
            List.of(
                read(1, (m, log) -> Smi.counter32(m.agent().log().kept().logged())),
                read(2, (m, log) -> Smi.counter32(m.agent().log().kept().bumped())))),
        new Table<>(Oids.below(LOG, 1), entries, notifications()),
        new Table<>(Oids.below(LOG, 2), parts, variables()));
  }

  private static List<Column<OID>> configuration() {
    return List.of(
        read(2, (m, log) -> NOTHING),
        read(3, (m, log) -> Smi.gauge(NotificationLog.LIMIT)),
        read(4, (m, log) -> ENABLED),
        read(5, (m, log) -> OPERATIONAL),
        read(6, (m, log) -> AccessObjects.STORAGE_READ_ONLY),
        read(7, (m, log) -> AccessObjects.ROW_ACTIVE));
  }

  /** The engine is left out (RFC 3014): what is logged is what this one sends. */
  private static List<Column<Entry>> notifications() {
    return List.of(
        read(2, (m, e) -> Smi.ticks(e.notification().upTime())),
        read(3, (m, e) -> Smi.dateAndTime(e.time())),
        read(7, (m, e) -> m.agent().engine().id()),
        read(8, (m, e) -> NOTHING),
        read(9, (m, e) -> e.notification().name()));
  }

  private static List<Part> parts(Kept kept) {
    List<Part> parts = new ArrayList<>();
    for (Entry entry : kept.entries()) {
      List<VariableBinding> all = new ArrayList<>();
      all.add(
          new VariableBinding(SnmpConstants.sysUpTime, Smi.ticks(entry.notification().upTime())));
      all.add(new VariableBinding(SnmpConstants.snmpTrapOID, entry.notification().name()));
      all.addAll(entry.notification().variables());
      for (int i = 0; i < all.size(); i++) {
        parts.add(new Part(entry, i + 1, all.get(i)));
      }
    }
    return parts;
  }

  private static List<Column<Part>> variables() {
    List<Column<Part>> columns = new ArrayList<>();
    columns.add(read(2, (m, part) -> part.variable().getOid()));
    columns.add(read(3, (m, part) -> Smi.integer(type(part)[0])));
    for (int[] type : TYPES.values()) {
      columns.add(read(type[1], (m, part) -> value(part, type[1])));
    }
    return columns;
  }

  private static int[] type(Part part) {
    int syntax = part.variable().getVariable().getSyntax();
    int[] type = TYPES.get(syntax);
    if (type == null) {
      throw new IllegalStateException("a notification has a value of syntax " + syntax);
    }
    return type;
  }

  private static @Nullable Variable value(Part part, int column) {
    return type(part)[1] == column ? part.variable().getVariable() : null;
  }
}
