package org.strowger.jmx;

import java.util.List;
import java.util.function.Function;
import org.strowger.api.AlarmType;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.PlatformState;
import org.strowger.api.PlatformState.Capability;
import org.strowger.api.PlatformState.Certificate;
import org.strowger.api.PlatformState.Core;
import org.strowger.api.PlatformState.Identity;
import org.strowger.api.PlatformState.Storage;
import org.strowger.api.PlatformState.Usage;
import org.strowger.api.Snapshot;
import org.strowger.api.Syslog;

/** {@code type=Platform}: this process and the machine under it. */
final class PlatformObject {
  /** The machine, and the director that runs there. */
  record View(PlatformState platform, Snapshot snapshot) {}

  private static final OpenData<Capability> CAPABILITY =
      new OpenData.Builder<Capability>()
          .text("name", Capability::name)
          .flag("available", Capability::available)
          .text("detail", Capability::detail)
          .build("Capability");

  private static final OpenData<Core> CORE =
      new OpenData.Builder<Core>()
          .number("index", core -> (long) core.index())
          .number("load", Core::load)
          .number("loadMinute", Core::loadMinute)
          .build("Core");

  private static final OpenData<Storage> STORAGE =
      new OpenData.Builder<Storage>()
          .number("index", storage -> (long) storage.index())
          .text("name", Storage::name)
          .text("type", Storage::type)
          .number("sizeBytes", storage -> storage.size() * storage.unit())
          .number("usedBytes", storage -> storage.used() * storage.unit())
          .build("Storage");

  private static final OpenData<NetworkDeviceState> DEVICE =
      new OpenData.Builder<NetworkDeviceState>()
          .number("index", device -> (long) device.index())
          .text("name", NetworkDeviceState::name)
          .flag("up", NetworkDeviceState::up)
          .text("link", device -> device.link().word())
          .number("mtuBytes", NetworkDeviceState::mtuBytes)
          .number("speedMegabits", NetworkDeviceState::speedMegabits)
          .number("linkDowns", NetworkDeviceState::linkDowns)
          .number("inBytes", device -> device.counters().inBytes())
          .number("inPackets", device -> device.counters().inPackets())
          .number("inErrors", device -> device.counters().inErrors())
          .number("inDiscards", device -> device.counters().inDiscards())
          .number("outBytes", device -> device.counters().outBytes())
          .number("outPackets", device -> device.counters().outPackets())
          .number("outErrors", device -> device.counters().outErrors())
          .number("outDiscards", device -> device.counters().outDiscards())
          .build("NetworkDevice");

  private static final OpenData<Certificate> CERTIFICATE =
      new OpenData.Builder<Certificate>()
          .text("name", Certificate::name)
          .text("purpose", Certificate::purpose)
          .text("subject", Certificate::subject)
          .text("issuer", Certificate::issuer)
          .text("serial", Certificate::serial)
          .text("notBefore", certificate -> certificate.notBefore().toString())
          .text("notAfter", certificate -> certificate.notAfter().toString())
          .number("daysLeft", Certificate::daysLeft)
          .text("fingerprint", Certificate::fingerprint)
          .build("Certificate");

  private static final OpenData<Syslog.Server> SYSLOG =
      new OpenData.Builder<Syslog.Server>()
          .text("name", Syslog.Server::name)
          .text("transport", server -> server.transport().word())
          .text("address", server -> server.address().getHostAddress())
          .number("port", server -> (long) server.port())
          .text("problem", Syslog.Server::problem)
          .number("sent", Syslog.Server::sent)
          .number("dropped", Syslog.Server::dropped)
          .number("waiting", Syslog.Server::waiting)
          .build("SyslogServer");

  static final ObjectKind<View> KIND =
      new ObjectKind<>("Platform", "This process and the machine under it", fields(), List.of());

  private PlatformObject() {}

  private static List<Field<View>> fields() {
    Fields<View> fields = new Fields<>();
    identity(fields);
    condition(fields);
    process(fields);
    machine(fields);
    return fields
        .data(
            "Capabilities",
            CAPABILITY.table("name"),
            "What the kernel lets the process do",
            v -> CAPABILITY.rows(CAPABILITY.table("name"), v.platform().capabilities()))
        .data(
            "Cores",
            CORE.table("index"),
            "The processors; loads in hundredths of a percent, over 5 s and over a minute",
            v -> CORE.rows(CORE.table("index"), v.platform().cores()))
        .data(
            "Storage",
            STORAGE.table("index"),
            "Memory and local file systems",
            v -> STORAGE.rows(STORAGE.table("index"), v.platform().storage()))
        .data(
            "NetworkDevices",
            DEVICE.table("index"),
            "Network devices and their counters",
            v -> DEVICE.rows(DEVICE.table("index"), v.platform().devices()))
        .data(
            "Certificates",
            CERTIFICATE.table("name"),
            "Certificates that management shows itself with, or trusts",
            v -> CERTIFICATE.rows(CERTIFICATE.table("name"), v.platform().certificates()))
        .data(
            "SyslogServers",
            SYSLOG.table("name"),
            "The syslog servers, and what they were sent",
            v -> SYSLOG.rows(SYSLOG.table("name"), v.platform().syslog()))
        .list();
  }

  private static void identity(Fields<View> fields) {
    of(fields, "Release", "The release of the director", Identity::release);
    of(fields, "HostName", "The name of the machine", Identity::hostName);
    of(fields, "OperatingSystem", "The distribution", Identity::operatingSystem);
    of(fields, "Kernel", "The release of the kernel", Identity::kernel);
    of(fields, "Architecture", "The kind of processor", Identity::architecture);
    of(fields, "Processor", "The model of the processor", Identity::processor);
    of(fields, "Vendor", "Who made the machine", Identity::vendor);
    of(fields, "Product", "What he calls it", Identity::product);
    of(fields, "SerialNumber", "Of the chassis; empty if not readable", Identity::serialNumber);
    of(fields, "Uuid", "Of the machine; empty if not readable", Identity::uuid);
    of(fields, "JavaVersion", "The release of the Java runtime", Identity::javaVersion);
  }

  private static void of(
      Fields<View> fields, String name, String description, Function<Identity, String> read) {
    fields.text(name, description, v -> read.apply(v.platform().identity()));
  }

  private static void condition(Fields<View> fields) {
    fields
        .word("HealthState", "How the director is", v -> v.snapshot().condition())
        .text("HealthSummary", "The same in a sentence", v -> v.snapshot().conditionText())
        .word(
            "TimeSyncState",
            "Whether the clock follows the time",
            v -> v.platform().timeSync().syncState())
        .gauge(
            "TimeOffsetMicros",
            "us",
            "Microseconds of its error that are still to be slewed",
            v -> v.platform().timeSync().offsetMicros())
        .gauge(
            "TimeMaxErrorMicros",
            "us",
            "Bound of its error in microseconds",
            v -> v.platform().timeSync().maxErrorMicros())
        .gauge(
            "CertificatesOmitted",
            "{certificate}",
            "Certificates of files that hold too many to show them all",
            v -> v.platform().certificatesOmitted())
        .gauge(
            "BundlesInstalled",
            "{bundle}",
            "Bundles of the framework",
            v -> v.snapshot().bundles().size())
        .gauge(
            "BundlesActive",
            "{bundle}",
            "Of these, those that are active",
            v ->
                v.snapshot().bundles().stream()
                    .filter(bundle -> bundle.state() == BundleLifecycle.ACTIVE)
                    .count())
        .gauge(
            "BundlesFailed",
            "{bundle}",
            "Bundles about which the alarm bundleFailed is active",
            v ->
                v.snapshot().activeAlarms().stream()
                    .filter(alarm -> alarm.type() == AlarmType.BUNDLE_FAILED)
                    .count());
  }

  private static Usage usage(View view) {
    return view.platform().usage();
  }

  private static void process(Fields<View> fields) {
    fields
        .time("Started", "When the process started", v -> usage(v).started())
        .counter(
            "StartCount",
            "{start}",
            "Starts of the process with this state folder",
            v -> usage(v).startCount())
        .gauge("HeapUsed", "By", "Bytes of the heap in use", v -> usage(v).heapUsed())
        .gauge("HeapCommitted", "By", "Bytes the heap has", v -> usage(v).heapCommitted())
        .gauge("HeapMax", "By", "Bytes it may grow to", v -> usage(v).heapMax())
        .gauge(
            "NonHeapUsed", "By", "Bytes of classes and compiled code", v -> usage(v).nonHeapUsed())
        .counter("GcCount", "{collection}", "Collections of garbage", v -> usage(v).gcCount())
        .counter("GcMillis", "ms", "Milliseconds they took", v -> usage(v).gcMillis())
        .gauge("Threads", "{thread}", "Platform threads", v -> usage(v).threads())
        .gauge("ThreadsPeak", "{thread}", "Most of them at once", v -> usage(v).threadsPeak())
        .gauge("OpenFiles", "{file}", "File descriptors open", v -> usage(v).openFiles())
        .gauge("MaxFiles", "{file}", "File descriptors that may be open", v -> usage(v).maxFiles())
        .counter(
            "ProcessCpuMillis",
            "ms",
            "Milliseconds of processor time",
            v -> usage(v).processCpuMillis())
        .gauge(
            "ProcessLoad",
            "0.01 %",
            "Share of all processors, in 0.01 %",
            v -> usage(v).processLoad())
        .gauge(
            "ResidentBytes", "By", "Bytes of the process in place", v -> usage(v).residentBytes());
  }

  private static void machine(Fields<View> fields) {
    fields
        .time("BootTime", "When the machine started", v -> usage(v).bootTime())
        .gauge(
            "MachineLoad",
            "0.01 %",
            "Share of them that was busy, in 0.01 %",
            v -> usage(v).machineLoad())
        .gauge("MemoryTotal", "By", "Bytes of the machine", v -> usage(v).memoryTotal())
        .gauge(
            "MemoryAvailable",
            "By",
            "Bytes programs could still have",
            v -> usage(v).memoryAvailable())
        .gauge(
            "LoadAverage1",
            "0.01 {thread}",
            "Runnable threads over 1 minute, in 0.01",
            v -> usage(v).loadAverage1())
        .gauge(
            "LoadAverage5",
            "0.01 {thread}",
            "The same over 5 minutes",
            v -> usage(v).loadAverage5())
        .gauge(
            "LoadAverage15",
            "0.01 {thread}",
            "The same over 15 minutes",
            v -> usage(v).loadAverage15());
  }
}
