package org.strowger.director;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.strowger.api.AccessList;
import org.strowger.api.AdminState;
import org.strowger.api.Coded;
import org.strowger.api.Configuration;
import org.strowger.api.ConnectionLog;
import org.strowger.api.Fingerprint;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.HealthCheck;
import org.strowger.api.HealthPolicy;
import org.strowger.api.Hook;
import org.strowger.api.HookEvent;
import org.strowger.api.Hooks;
import org.strowger.api.InitState;
import org.strowger.api.KernelSettings;
import org.strowger.api.Management;
import org.strowger.api.NotificationKind;
import org.strowger.api.OnDown;
import org.strowger.api.Persistence;
import org.strowger.api.Pool;
import org.strowger.api.PortRange;
import org.strowger.api.Prefix;
import org.strowger.api.Protocol;
import org.strowger.api.ProxyProtocol;
import org.strowger.api.ProxyVersion;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Role;
import org.strowger.api.ServiceLimits;
import org.strowger.api.SnmpAuth;
import org.strowger.api.SnmpPriv;
import org.strowger.api.Timeouts;
import org.strowger.api.VirtualService;
import org.strowger.api.WaitingQueue;

/** Turns a tree that passed {@link TreeCheck} into records. */
final class ConfigurationReader {
  private ConfigurationReader() {}

  static Configuration read(Map<String, Object> tree) {
    Section root = new Section(tree, Shape.ROOT);
    return new Configuration(
        root.section("director").get("name", String.class),
        root.section("director").find("zone", String.class).orElse(""),
        root.section("director").get("connectionLimit", Long.class),
        root.section("director").find("maintenanceFolder", Path.class),
        kernel(root.section("director")),
        root.entries("checks", ConfigurationReader::check),
        root.entries("pools", ConfigurationReader::pool),
        root.entries("virtualServices", ConfigurationReader::virtualService),
        management(root.section("management")),
        hooks(root),
        root.section("director").get("checksOnStandby", Boolean.class),
        AlarmShape.read(root.section("alarms"), root.section("director")),
        VrrpShape.read(root.section("vrrp")),
        SyncShape.read(root.section("sync")));
  }

  private static Hooks hooks(Section root) {
    return new Hooks(
        root.entries("hooks", ConfigurationReader::hook),
        names(root.section("director")),
        root.entries("pools", (name, pool) -> names(pool)),
        root.entries("virtualServices", (name, service) -> names(service)));
  }

  private static List<String> names(Section section) {
    List<?> names = section.get("hooks", List.class);
    return names.stream().map(String.class::cast).toList();
  }

  private static Hook hook(String name, Section section) {
    List<?> events = section.get("events", List.class);
    List<?> command = section.find("command", List.class).orElse(List.of());
    return new Hook(
        name,
        events.stream()
            .flatMap(word -> Coded.byWord(HookEvent.class, String.valueOf(word)).stream())
            .collect(Collectors.toSet()),
        section
            .find("url", URI.class)
            .<Hook.Action>map(
                url -> new Hook.Action.Webhook(url, section.find("tokenFile", Path.class)))
            .orElseGet(
                () -> new Hook.Action.Script(command.stream().map(String::valueOf).toList())),
        section.get("timeout", Duration.class),
        section.integer("retries"));
  }

  private static KernelSettings kernel(Section section) {
    return new KernelSettings(
        section.find("dataInterface", String.class).orElse(""),
        list(section, "xdpInterfaces", String.class),
        list(section, "xdpGenericInterfaces", String.class),
        list(section, "sourceAddresses", InetAddress.class),
        section.get("programStatistics", Boolean.class));
  }

  private static <T> List<T> list(Section section, String name, Class<T> type) {
    List<?> list = section.get(name, List.class);
    return list.stream().map(type::cast).toList();
  }

  private static Pool pool(String name, Section section) {
    return new Pool(
        name,
        section.get("adminState", AdminState.class),
        section.integer("minUp"),
        section.get("slowStart", Duration.class),
        section.integer("panicThreshold"),
        health(section),
        section.entries("realServers", (real, each) -> real(new RealServerId(name, real), each)));
  }

  private static HealthPolicy health(Section section) {
    Section outlier = section.section("outlier");
    Section damping = section.section("damping");
    List<?> checks = section.get("checks", List.class);
    return new HealthPolicy(
        checks.stream().map(String.class::cast).toList(),
        section.integer("checksRequired"),
        section.get("initState", InitState.class),
        section.get("onDown", OnDown.class),
        section.get("manualResume", Boolean.class),
        section.get("quorum", Long.class),
        section.get("quorumHysteresis", Long.class),
        new HealthPolicy.Outlier(
            outlier.integer("failures"),
            outlier.integer("responseFactor"),
            outlier.get("ejection", Duration.class),
            outlier.get("longestEjection", Duration.class),
            outlier.integer("maxEjected")),
        new HealthPolicy.Damping(
            damping.integer("transitions"),
            damping.get("window", Duration.class),
            damping.integer("maxHeld")));
  }

  private static HealthCheck check(String name, Section section) {
    Duration interval = section.get("interval", Duration.class);
    Duration down = section.find("downInterval", Duration.class).orElse(interval);
    return new HealthCheck(
        name,
        section.get("type", String.class),
        interval,
        section.find("risingInterval", Duration.class).orElse(interval),
        down,
        section.find("retryInterval", Duration.class).orElse(interval),
        section.find("longestInterval", Duration.class).orElse(down),
        section.get("timeout", Duration.class),
        section.integer("rise"),
        section.integer("fall"),
        section.find("address", InetAddress.class),
        section
            .find("port", Long.class)
            .map(Math::toIntExact)
            .orElse(HealthCheck.PORT_OF_REAL_SERVER),
        section.find("source", InetAddress.class),
        section.open("options"));
  }

  private static RealServer real(RealServerId id, Section section) {
    return new RealServer(
        id,
        section.get("address", InetAddress.class),
        section.integer("port"),
        section.integer("weight"),
        section.integer("priority"),
        section.find("zone", String.class).orElse(""),
        section.get("upperThreshold", Long.class),
        section.get("lowerThreshold", Long.class),
        section.find("track", RealServerId.class),
        section.get("adminState", AdminState.class),
        section.find("forwarding", ForwardingMethod.class));
  }

  private static VirtualService virtualService(String name, Section section) {
    return new VirtualService(
        name,
        section.get("address", InetAddress.class),
        section.get("port", PortRange.class),
        section.get("protocol", Protocol.class),
        section.get("scheduler", String.class),
        section.open("schedulerOptions"),
        section.get("pool", String.class),
        section.find("backupPool", String.class),
        section.get("forwarding", ForwardingMethod.class),
        section.get("onePacket", Boolean.class),
        timeouts(section.section("timeouts")),
        section.integer("connectTries"),
        queue(section.section("queue")),
        limits(section.section("limits")),
        persistence(section.section("persistence")),
        access(section.section("access")),
        proxyProtocol(section.section("proxyProtocol")),
        section.get("transparentSource", Boolean.class),
        connectionLog(section.section("connectionLog")),
        section.get("adminState", AdminState.class));
  }

  private static Timeouts timeouts(Section section) {
    return new Timeouts(
        section.get("connect", Duration.class),
        section.get("clientIdle", Duration.class),
        section.get("serverIdle", Duration.class),
        section.get("halfClosed", Duration.class),
        section.get("flow", Duration.class),
        section.get("drain", Duration.class));
  }

  private static WaitingQueue queue(Section section) {
    return new WaitingQueue(section.integer("size"), section.get("timeout", Duration.class));
  }

  private static ServiceLimits limits(Section section) {
    return new ServiceLimits(
        section.get("connections", Long.class),
        section.get("connectionsPerSource", Long.class),
        section.get("rate", Long.class),
        section.get("burst", Long.class),
        section.get("ratePerSource", Long.class),
        section.get("burstPerSource", Long.class),
        section.integer("sourcePrefixIpv4"),
        section.integer("sourcePrefixIpv6"));
  }

  private static Persistence persistence(Section section) {
    return new Persistence(
        section.get("timeout", Duration.class),
        section.integer("prefixIpv4"),
        section.integer("prefixIpv6"),
        section.get("toQuiesced", Boolean.class),
        section.integer("entries"));
  }

  private static AccessList access(Section section) {
    return new AccessList(prefixes(section, "allow"), prefixes(section, "deny"));
  }

  private static ProxyProtocol proxyProtocol(Section section) {
    return new ProxyProtocol(
        section.get("send", ProxyVersion.class), prefixes(section, "acceptFrom"));
  }

  private static List<Prefix> prefixes(Section section, String name) {
    return list(section, name, Prefix.class);
  }

  private static ConnectionLog connectionLog(Section section) {
    return new ConnectionLog(section.integer("sample"), section.integer("rate"));
  }

  private static Management management(Section section) {
    return new Management(
        section.has("snmp") ? Optional.of(snmp(section.section("snmp"))) : Optional.empty(),
        section.has("jmx") ? Optional.of(jmx(section.section("jmx"))) : Optional.empty(),
        section.has("metrics")
            ? Optional.of(metrics(section.section("metrics")))
            : Optional.empty(),
        section.entries("syslog", AlarmShape::syslog),
        PerformanceShape.read(section.section("performance")));
  }

  private static Management.Snmp snmp(Section section) {
    return new Management.Snmp(
        section.get("address", InetAddress.class),
        section.integer("port"),
        section.entries("users", ConfigurationReader::snmpUser),
        section.entries("targets", ConfigurationReader::snmpTarget),
        section.get("keepalivedMib", Boolean.class),
        section.has("tls") ? Optional.of(snmpTls(section.section("tls"))) : Optional.empty(),
        section.entries(
            "communities",
            (name, each) ->
                new Management.SnmpCommunity(
                    name, each.get("communityFile", Path.class), prefixes(each, "sources"))),
        section.get("authenticationTraps", Boolean.class));
  }

  private static Management.SnmpTls snmpTls(Section section) {
    return new Management.SnmpTls(
        section.integer("port"),
        tls(section),
        section.entries(
            "clients",
            (name, each) ->
                new Management.SnmpTlsClient(
                    name,
                    each.get("role", Role.class),
                    each.get("fingerprint", Fingerprint.class))));
  }

  private static Management.SnmpUser snmpUser(String name, Section section) {
    return new Management.SnmpUser(
        name,
        section.get("role", Role.class),
        section.get("auth", SnmpAuth.class),
        section.get("authPassphraseFile", Path.class),
        section.get("priv", SnmpPriv.class),
        section.get("privPassphraseFile", Path.class));
  }

  private static Management.SnmpTarget snmpTarget(String name, Section section) {
    return new Management.SnmpTarget(
        name,
        section.get("address", InetAddress.class),
        section.integer("port"),
        section.get("kind", NotificationKind.class),
        section.find("user", String.class).orElse(""),
        section.get("timeout", Duration.class),
        section.integer("retries"),
        section.find("heartbeat", Duration.class),
        section.find("fingerprint", Fingerprint.class));
  }

  private static Management.Jmx jmx(Section section) {
    return new Management.Jmx(
        section.get("address", InetAddress.class),
        section.integer("port"),
        section.entries(
            "users",
            (name, each) ->
                new Management.JmxUser(
                    name, each.get("role", Role.class), each.get("passwordFile", Path.class))),
        section.has("tls") ? Optional.of(tls(section.section("tls"))) : Optional.empty(),
        section.has("tls")
            ? section.section("tls").find("clientTrustFile", Path.class)
            : Optional.empty());
  }

  private static Management.Metrics metrics(Section section) {
    return new Management.Metrics(
        section.get("address", InetAddress.class),
        section.integer("port"),
        section.entries(
            "users",
            (name, each) -> new Management.MetricsUser(name, each.get("passwordFile", Path.class))),
        section.has("tls") ? Optional.of(tls(section.section("tls"))) : Optional.empty());
  }

  private static Management.Tls tls(Section section) {
    return new Management.Tls(
        section.get("certificateFile", Path.class), section.get("keyFile", Path.class));
  }
}
