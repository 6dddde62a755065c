package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.BundleView;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.PlatformState;
import org.strowger.api.PlatformState.Core;
import org.strowger.api.PlatformState.Storage;
import org.strowger.api.TimeSync;

/**
 * HOST-RESOURCES-MIB (RFC 2790): storage, processors and network devices of the machine. Installed
 * and running software are the bundles of the director; their index is the bundle's number and one
 * more, as the framework is 0.
 */
final class HostObjects {
  private static final OID HOST = Oids.below(Oids.MIB_2, 25);
  private static final OID STORAGE_TYPES = Oids.below(HOST, 2, 1);
  private static final OID DEVICE_TYPES = Oids.below(HOST, 3, 1);

  /** Where the indexes of processors and of network devices begin, as in net-snmp's agent. */
  private static final int PROCESSORS = 196_608;

  private static final int NETWORKS = 262_144;

  private static final int APPLICATION = 4;
  private static final int NAME_OCTETS = 64;
  private static final int DESCR_OCTETS = 64;

  /** A row of hrDeviceTable. */
  private record Device(int index, int type, String text, int status, long errors) {}

  private HostObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>();
    all.add(
        SystemObjects.platform(
            Oids.below(HOST, 1, 1),
            p ->
                Smi.ticks(
                    Smi.hundredths(Duration.between(p.usage().bootTime(), p.taken()).toMillis()))));
    all.add(SystemObjects.platform(Oids.below(HOST, 1, 2), p -> Smi.dateAndTime(p.taken())));
    all.add(new Scalar(Oids.below(HOST, 1, 6), m -> Smi.gauge(m.snapshot().bundles().size())));
    all.add(
        SystemObjects.platform(
            Oids.below(HOST, 2, 2), p -> integer(p.usage().memoryTotal() / 1_024)));
    all.add(storage());
    all.addAll(devices());
    all.addAll(software());
    return all;
  }

  private static Variable integer(long value) {
    return Smi.integer(Math.clamp(value, 0, Integer.MAX_VALUE));
  }

  private static Subtree storage() {
    RowSource<List<Storage>, Storage> rows =
        new RowSource<>(
            m -> m.platform().map(PlatformState::storage).orElse(List.of()),
            list -> list,
            storage -> new OID(new int[] {storage.index()}));
    List<Column<Storage>> columns =
        List.of(
            read(1, (m, s) -> Smi.integer(s.index())),
            read(2, (m, s) -> Oids.below(STORAGE_TYPES, storageType(s))),
            read(3, (m, s) -> Smi.text(s.name())),
            read(4, (m, s) -> integer(s.unit() * scale(s))),
            read(5, (m, s) -> integer(s.size() / scale(s))),
            read(6, (m, s) -> integer(s.used() / scale(s))));
    return new Table<>(Oids.below(HOST, 2, 3), rows, columns);
  }

  /** How many units are one, so that the size fits into 31 bits. */
  private static long scale(Storage storage) {
    long scale = 1;
    while (storage.size() / scale > Integer.MAX_VALUE) {
      scale *= 2;
    }
    return scale;
  }

  private static int storageType(Storage storage) {
    if (storage.index() < Storage.FIRST_FILE_SYSTEM) {
      return switch (storage.index()) {
        case Storage.MEMORY -> 2; // hrStorageRam
        case Storage.SWAP -> 3; // hrStorageVirtualMemory
        default -> 1; // hrStorageOther
      };
    }
    return switch (storage.type()) {
      case "tmpfs" -> 8; // hrStorageRamDisk
      case "iso9660" -> 7; // hrStorageCompactDisc
      default -> 4; // hrStorageFixedDisk
    };
  }

  private static Collection<Subtree> devices() {
    RowSource<PlatformState, Device> rows =
        new RowSource<>(HostObjects::platform, HostObjects::list, HostObjects::index);
    List<Column<Device>> columns =
        List.of(
            read(1, (m, d) -> Smi.integer(d.index())),
            read(2, (m, d) -> Oids.below(DEVICE_TYPES, d.type())),
            read(3, (m, d) -> Smi.text(d.text(), DESCR_OCTETS)),
            read(4, (m, d) -> Oids.ZERO_DOT_ZERO),
            read(5, (m, d) -> Smi.integer(d.status())),
            read(6, (m, d) -> Smi.counter32(d.errors())));
    RowSource<List<Core>, Core> cores =
        new RowSource<>(
            m -> m.platform().map(PlatformState::cores).orElse(List.of()),
            list -> list,
            core -> new OID(new int[] {PROCESSORS + core.index() - 1}));
    RowSource<List<NetworkDeviceState>, NetworkDeviceState> networks =
        new RowSource<>(
            InterfaceObjects::devices,
            list -> list,
            device -> new OID(new int[] {NETWORKS + device.index()}));
    return List.of(
        new Table<>(Oids.below(HOST, 3, 2), rows, columns),
        new Table<>(
            Oids.below(HOST, 3, 3),
            cores,
            List.of(
                read(1, (m, c) -> Oids.ZERO_DOT_ZERO),
                read(2, (m, c) -> integer((c.loadMinute() + 50) / 100)))),
        new Table<>(
            Oids.below(HOST, 3, 4), networks, List.of(read(1, (m, d) -> Smi.integer(d.index())))));
  }

  private static final PlatformState NOTHING =
      new PlatformState(
          Instant.EPOCH,
          new PlatformState.Identity("", "", "", "", "", "", "", "", "", "", ""),
          new PlatformState.Usage(
              Instant.EPOCH,
              Instant.EPOCH,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          TimeSync.UNKNOWN,
          List.of(),
          0,
          List.of(),
          Collections.emptySortedMap());

  private static PlatformState platform(Moment moment) {
    return moment.platform().orElse(NOTHING);
  }

  private static OID index(Device device) {
    return new OID(new int[] {device.index()});
  }

  private static Collection<Device> list(PlatformState state) {
    List<Device> all = new ArrayList<>();
    for (Core core : state.cores()) {
      // hrDeviceProcessor, running
      String text = state.identity().processor();
      all.add(new Device(PROCESSORS + core.index() - 1, 3, text, 2, 0));
    }
    for (NetworkDeviceState device : state.devices()) {
      // hrDeviceNetwork; running, or down
      int status = device.up() ? 2 : 5;
      long errors = device.counters().inErrors() + device.counters().outErrors();
      all.add(new Device(NETWORKS + device.index(), 4, device.name(), status, errors));
    }
    return all;
  }

  private static Collection<Subtree> software() {
    RowSource<List<BundleView>, BundleView> rows =
        new RowSource<>(
            m -> m.snapshot().bundles(),
            list -> list,
            bundle -> new OID(new int[] {(int) bundle.bundleId() + 1}));
    List<Column<BundleView>> running =
        List.of(
            read(1, (m, b) -> Smi.integer((int) b.bundleId() + 1)),
            read(2, (m, b) -> Smi.text(b.name(), NAME_OCTETS)),
            read(3, (m, b) -> Oids.ZERO_DOT_ZERO),
            read(4, (m, b) -> Smi.text("")),
            read(5, (m, b) -> Smi.text(b.version(), NAME_OCTETS)),
            read(6, (m, b) -> Smi.integer(APPLICATION)),
            // running, or not runnable
            read(7, (m, b) -> Smi.integer(b.state() == BundleLifecycle.ACTIVE ? 1 : 3)));
    List<Column<BundleView>> installed =
        List.of(
            read(1, (m, b) -> Smi.integer((int) b.bundleId() + 1)),
            read(2, (m, b) -> Smi.text(b.name() + " " + b.version(), NAME_OCTETS)),
            read(3, (m, b) -> Oids.ZERO_DOT_ZERO),
            read(4, (m, b) -> Smi.integer(APPLICATION)),
            read(5, (m, b) -> Smi.dateAndTime(b.lastModified())));
    return List.of(
        new Scalar(Oids.below(HOST, 4, 1), m -> Smi.integer(1)),
        new Table<>(Oids.below(HOST, 4, 2), rows, running),
        new Scalar(Oids.below(HOST, 6, 1), HostObjects::lastInstalled),
        new Scalar(Oids.below(HOST, 6, 2), HostObjects::lastInstalled),
        new Table<>(Oids.below(HOST, 6, 3), rows, installed));
  }

  private static Variable lastInstalled(Moment moment) {
    return moment.timeStamp(
        moment.snapshot().bundles().stream()
            .map(BundleView::lastModified)
            .max(Instant::compareTo)
            .orElse(Instant.EPOCH));
  }
}
