package org.strowger.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.strowger.api.AlarmType;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.PlatformState;
import org.strowger.api.PlatformState.Certificate;
import org.strowger.api.PlatformState.Usage;
import org.strowger.api.Snapshot;
import org.strowger.api.Syslog;
import org.strowger.api.TimeSync;

/** This process and the machine under it. */
final class PlatformMetrics {
  static final Kind<Usage> USAGE = usage();
  static final Kind<TimeSync> TIME = time();
  static final Kind<NetworkDeviceState> DEVICE = device();
  static final Kind<PlatformState> MACHINE = machine();
  static final Kind<Certificate> CERTIFICATE = certificate();
  static final Kind<Syslog.Server> SYSLOG = syslog();
  static final Kind<Snapshot> BUNDLES = bundles();

  private PlatformMetrics() {}

  static void collect(PlatformState state, Consumer<MetricSnapshot> sink) {
    USAGE.collect(Map.of(Labels.EMPTY, state.usage()), sink);
    TIME.collect(Map.of(Labels.EMPTY, state.timeSync()), sink);
    Map<Labels, NetworkDeviceState> devices = new LinkedHashMap<>();
    state.devices().forEach(each -> devices.put(Labels.of("device", each.name()), each));
    DEVICE.collect(devices, sink);
    MACHINE.collect(Map.of(Labels.EMPTY, state), sink);
    Map<Labels, Certificate> certificates = new LinkedHashMap<>();
    state.certificates().forEach(c -> certificates.put(Labels.of("certificate", c.name()), c));
    CERTIFICATE.collect(certificates, sink);
    Map<Labels, Syslog.Server> servers = new LinkedHashMap<>();
    state.syslog().forEach(each -> servers.put(Labels.of("server", each.name()), each));
    SYSLOG.collect(servers, sink);
  }

  private static Kind<Usage> usage() {
    return new Kind<Usage>("platform", s -> Map.of())
        .counter("startCount", "Starts of the process with this state folder", Usage::startCount)
        .gauge("heapUsed", "Bytes of the heap in use", Usage::heapUsed)
        .gauge("heapCommitted", "Bytes the heap has", Usage::heapCommitted)
        .gauge("heapMax", "Bytes it may grow to", Usage::heapMax)
        .gauge("nonHeapUsed", "Bytes of classes and compiled code", Usage::nonHeapUsed)
        .counter("gcCount", "Collections of garbage", Usage::gcCount)
        .counter("gcMillis", "Milliseconds they took", Usage::gcMillis)
        .gauge("threads", "Platform threads", Usage::threads)
        .gauge("threadsPeak", "Most of them at once", Usage::threadsPeak)
        .gauge("openFiles", "File descriptors open", Usage::openFiles)
        .gauge("maxFiles", "File descriptors that may be open", Usage::maxFiles)
        .counter("processCpuMillis", "Milliseconds of processor time", Usage::processCpuMillis)
        .gauge("processLoad", "Share of all processors, in 0.01 %", Usage::processLoad)
        .gauge("machineLoad", "Share of them that was busy, in 0.01 %", Usage::machineLoad)
        .gauge("residentBytes", "Bytes of the process in place", Usage::residentBytes)
        .gauge("memoryTotal", "Bytes of the machine", Usage::memoryTotal)
        .gauge("memoryAvailable", "Bytes programs could still have", Usage::memoryAvailable)
        .gauge("loadAverage1", "Runnable threads over 1 minute, in 0.01", Usage::loadAverage1)
        .gauge("loadAverage5", "The same over 5 minutes", Usage::loadAverage5)
        .gauge("loadAverage15", "The same over 15 minutes", Usage::loadAverage15);
  }

  private static Kind<TimeSync> time() {
    return new Kind<TimeSync>("platform", s -> Map.of())
        .gauge(
            "timeOffsetMicros",
            "Microseconds of its error that are still to be slewed",
            TimeSync::offsetMicros)
        .gauge(
            "timeMaxErrorMicros", "Bound of its error in microseconds", TimeSync::maxErrorMicros);
  }

  private static Kind<PlatformState> machine() {
    return new Kind<PlatformState>("platform", s -> Map.of())
        .gauge(
            "certificatesOmitted",
            "Certificates of files that hold too many to show them all",
            PlatformState::certificatesOmitted);
  }

  private static Kind<Certificate> certificate() {
    return new Kind<Certificate>("cert", s -> Map.of())
        .gauge("notBefore", "Valid from, in seconds since 1970", c -> seconds(c.notBefore()))
        .gauge("notAfter", "Valid until, in seconds since 1970", c -> seconds(c.notAfter()))
        .gauge("daysLeft", "Whole days it is still valid; negative since", Certificate::daysLeft);
  }

  private static long seconds(Instant instant) {
    return instant.getEpochSecond();
  }

  private static Kind<Syslog.Server> syslog() {
    return new Kind<Syslog.Server>("syslog", s -> Map.of())
        .gauge("reached", "0: the last message did not", s -> s.problem().isEmpty() ? 1L : 0L)
        .counter("sent", "Messages handed to the network", Syslog.Server::sent)
        .counter("dropped", "Messages thrown away, as too many waited", Syslog.Server::dropped)
        .gauge("waiting", "Messages that wait", Syslog.Server::waiting);
  }

  private static Kind<Snapshot> bundles() {
    return new Kind<Snapshot>("platform", s -> Map.of(Labels.EMPTY, s))
        .gauge("bundlesInstalled", "Bundles of the framework", s -> s.bundles().size())
        .gauge(
            "bundlesActive",
            "Of these, those that are active",
            s ->
                s.bundles().stream()
                    .filter(bundle -> bundle.state() == BundleLifecycle.ACTIVE)
                    .count())
        .gauge(
            "bundlesFailed",
            "Bundles about which the alarm bundleFailed is active",
            s ->
                s.activeAlarms().stream()
                    .filter(alarm -> alarm.type() == AlarmType.BUNDLE_FAILED)
                    .count());
  }

  private static Kind<NetworkDeviceState> device() {
    return new Kind<NetworkDeviceState>("device", s -> Map.of())
        .gauge("link", "State of the link: 1 up, 2 down (RFC 2863)", d -> d.link().code())
        .counter("linkDowns", "Times the link went", NetworkDeviceState::linkDowns)
        .counter("inBytes", "Bytes received", d -> d.counters().inBytes())
        .counter("inPackets", "Packets received", d -> d.counters().inPackets())
        .counter("inErrors", "Damaged packets", d -> d.counters().inErrors())
        .counter("inDiscards", "Good packets without room", d -> d.counters().inDiscards())
        .counter("outBytes", "Bytes sent", d -> d.counters().outBytes())
        .counter("outPackets", "Packets sent", d -> d.counters().outPackets())
        .counter("outErrors", "Packets that could not be sent", d -> d.counters().outErrors())
        .counter("outDiscards", "Packets without room", d -> d.counters().outDiscards());
  }
}
