package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.Variable;
import org.strowger.api.BundleView;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.PlatformState;
import org.strowger.api.PlatformState.Core;
import org.strowger.api.PlatformState.Identity;
import org.strowger.api.Snapshot;

/**
 * ENTITY-MIB (RFC 6933): the chassis; in it its processors, its ports, and the bundles of the
 * director as modules, for each of them can be replaced while traffic flows.
 */
final class EntityObjects {
  private static final OID ENTITY = Oids.below(Oids.MIB_2, 47);
  private static final int CHASSIS = 1;
  private static final int PROCESSORS = 100;
  private static final int PORTS = 10_000;
  private static final int MODULES = 1_000_000;

  // IANAPhysicalClass.
  private static final int CLASS_CHASSIS = 3;
  private static final int CLASS_MODULE = 9;
  private static final int CLASS_PORT = 10;
  private static final int CLASS_CPU = 12;

  /** A row. */
  private record Entity(
      int index, int physicalClass, int position, String name, String text, String software) {}

  /** What rows are made from: new ones only when something came or went. */
  private static final class Inventory {
    private List<Entity> latest = List.of();

    synchronized List<Entity> of(Moment moment) {
      List<Entity> now =
          moment.platform().map(p -> entities(p, moment.snapshot())).orElse(List.of());
      if (!now.equals(latest)) {
        latest = now;
      }
      return latest;
    }
  }

  private EntityObjects() {}

  static Collection<Subtree> all() {
    Inventory inventory = new Inventory();
    RowSource<List<Entity>, Entity> physical =
        new RowSource<>(inventory::of, list -> list, EntityObjects::index);
    RowSource<List<Entity>, Entity> contained =
        new RowSource<>(
            inventory::of,
            list -> list.stream().filter(e -> e.index() != CHASSIS).toList(),
            entity -> new OID(new int[] {CHASSIS, entity.index()}));
    RowSource<List<Entity>, Entity> ports =
        new RowSource<>(
            inventory::of,
            list -> list.stream().filter(e -> e.physicalClass() == CLASS_PORT).toList(),
            entity -> new OID(new int[] {entity.index(), 0}));
    return List.of(
        new Table<>(Oids.below(ENTITY, 1, 1, 1), physical, columns()),
        new Table<>(
            Oids.below(ENTITY, 1, 3, 2),
            ports,
            List.of(
                read(2, (m, e) -> Oids.below(InterfaceObjects.IF_ENTRY, 1, e.index() - PORTS)))),
        new Table<>(
            Oids.below(ENTITY, 1, 3, 3),
            contained,
            List.of(read(1, (m, e) -> Smi.integer(e.index())))),
        new Scalar(
            Oids.below(ENTITY, 1, 4, 1),
            m ->
                m.timeStamp(
                    m.snapshot().bundles().stream()
                        .map(BundleView::lastModified)
                        .max(Comparator.naturalOrder())
                        .orElse(m.snapshot().running()))));
  }

  private static OID index(Entity entity) {
    return new OID(new int[] {entity.index()});
  }

  private static List<Column<Entity>> columns() {
    return List.of(
        read(2, (m, e) -> Smi.text(e.text())),
        read(3, (m, e) -> e.index() == CHASSIS ? Oids.STG_DIRECTOR_SOFTWARE : Oids.ZERO_DOT_ZERO),
        read(4, (m, e) -> Smi.integer(e.index() == CHASSIS ? 0 : CHASSIS)),
        read(5, (m, e) -> Smi.integer(e.physicalClass())),
        read(6, (m, e) -> Smi.integer(e.position())),
        read(7, (m, e) -> Smi.text(e.name())),
        read(8, (m, e) -> Smi.text("")),
        read(9, (m, e) -> Smi.text("")),
        read(10, (m, e) -> Smi.text(e.software())),
        read(11, (m, e) -> ofChassis(e, identity(m).serialNumber())),
        read(12, (m, e) -> ofChassis(e, identity(m).vendor())),
        read(13, (m, e) -> ofChassis(e, identity(m).product())),
        read(14, (m, e) -> Smi.text("")),
        read(15, (m, e) -> Smi.text("")),
        read(16, (m, e) -> Smi.truth(e.physicalClass() == CLASS_MODULE)), // replaceable
        read(17, (m, e) -> Smi.NEVER),
        read(18, (m, e) -> Smi.text("")),
        read(19, (m, e) -> e.index() == CHASSIS ? uuid(identity(m).uuid()) : Smi.text("")));
  }

  private static Identity identity(Moment moment) {
    return moment.platform().map(PlatformState::identity).orElse(NOBODY);
  }

  private static final Identity NOBODY = new Identity("", "", "", "", "", "", "", "", "", "", "");

  private static Variable ofChassis(Entity entity, String text) {
    return Smi.text(entity.index() == CHASSIS ? text : "");
  }

  /** 16 octets, or none if it is no such identifier. */
  private static Variable uuid(String text) {
    String digits = text.replace("-", "");
    return digits.matches("[0-9a-f]{32}")
        ? new OctetString(HexFormat.of().parseHex(digits))
        : new OctetString();
  }

  private static List<Entity> entities(PlatformState state, Snapshot snapshot) {
    List<Entity> all = new ArrayList<>();
    Identity identity = state.identity();
    String what = "Strowger traffic director on " + identity.operatingSystem();
    all.add(new Entity(CHASSIS, CLASS_CHASSIS, -1, identity.hostName(), what, identity.release()));
    for (Core core : state.cores()) {
      String name = "processor " + core.index();
      all.add(
          new Entity(
              PROCESSORS + core.index(), CLASS_CPU, core.index(), name, identity.processor(), ""));
    }
    for (NetworkDeviceState device : state.devices()) {
      if (device.physical()) {
        String text = "network device " + device.name();
        all.add(
            new Entity(
                PORTS + device.index(), CLASS_PORT, device.index(), device.name(), text, ""));
      }
    }
    for (BundleView bundle : snapshot.bundles()) {
      int number = (int) bundle.bundleId();
      String text = "bundle " + bundle.name();
      all.add(
          new Entity(
              MODULES + number, CLASS_MODULE, number, bundle.name(), text, bundle.version()));
    }
    return List.copyOf(all);
  }
}
