package org.strowger.itest;

import java.util.ArrayList;
import java.util.List;

/** The configuration broken in fifty different ways, each with what the error must say. */
final class BrokenConfigurations {
  /**
   * One way to break it.
   *
   * @param from text of {@link #GOOD} that is replaced
   * @param line the line that the error must name
   * @param says what the error must contain besides the file and the line
   */
  record Broken(String from, String to, int line, List<String> says) {
    String yaml() {
      if (!GOOD.contains(from)) {
        throw new IllegalStateException("not in the good one: " + from);
      }
      return GOOD.replace(from, to);
    }
  }

  /** The good one; %PORT%, %SNMP% and %JMX% are the test's ports. */
  static final String GOOD =
      """
      director:
        name: lab-1
      pools:
        web:
          realServers:
            a: { address: 127.0.0.1, port: 9001, weight: 1 }
            b: { address: 127.0.0.1, port: 9002, weight: 2, adminState: drain }
      virtualServices:
        web:
          address: 127.0.0.1
          port: %PORT%
          protocol: tcp
          scheduler: wlc
          pool: web
          forwarding: relay
          timeouts: { connect: 2s }
          connectTries: 3
      management:
        snmp:
          address: 127.0.0.1
          port: %SNMP%
          users:
            demo: { role: operator, auth: sha256, authPassphraseFile: a, priv: aes128, privPassphraseFile: p }
          targets:
            noc: { address: 127.0.0.1, port: 16200, kind: trap, user: demo, timeout: 2s, retries: 1 }
        jmx:
          address: 127.0.0.1
          port: %JMX%
          users:
            demo: { role: operator, passwordFile: j }
      """;

  private static final String OTHER_SERVICE =
      "  other: { address: 127.0.0.1, port: %PORT%, pool: web }\n";

  private final List<Broken> all = new ArrayList<>();

  private BrokenConfigurations() {}

  static List<Broken> all() {
    BrokenConfigurations ways = new BrokenConfigurations();
    ways.syntax();
    ways.keys();
    ways.realServers();
    ways.virtualServices();
    ways.management();
    return ways.all;
  }

  private void add(String from, String to, int line, String... says) {
    all.add(new Broken(from, to, line, List.of(says)));
  }

  private void syntax() {
    add("  name: lab-1", "  name: [lab-1", 3);
    add("  name: lab-1", "  name: \"lab-1", 2);
    add("  name: lab-1", "\tname: lab-1", 2);
    add("  name: lab-1", "  name: lab-1\n  name: lab-2", 3, "name");
    add("  web:\n    realServers", "  web:\n  web:\n    realServers", 5, "web");
    add("pools:", "pools:\n  - web", 5);
    add("director:\n  name: lab-1", "director: *nowhere", 1);
    add("  name: lab-1", "  name: @lab", 2);
    add("management:", "---\nmanagement:", 18);
  }

  private void keys() {
    add("director:", "directr:", 1, "directr", "director");
    add("  name: lab-1", "  nam: lab-1", 2, "director.nam", "name");
    add("  name: lab-1", "  name: [a, b]", 2, "director.name");
    add("  name: lab-1", "  name: 'lab 1'", 2, "lab 1", "name");
    add("  name: lab-1", "  name: " + "x".repeat(33), 2, "director.name", "1 to 32");
    add("pools:", "pool:", 3, "pools");
    add("virtualServices:", "virtualservices:", 8, "virtualServices");
    add("    realServers:", "    realServer:", 5, "realServers");
    add("  web:\n    address", "  'we b':\n    address", 9, "we b");
    add("management:", "management: yes\nmanagment:", 19, "managment");
    add(
        "    realServers:",
        "    realServers: none\n    adminState: up\n    reals:",
        5,
        "realServers");
  }

  private void realServers() {
    add("a: { address: 127.0.0.1, port: 9001", "a: { port: 9001", 6, "address", "IPv4 or IPv6");
    add("address: 127.0.0.1, port: 9001", "address: localhost, port: 9001", 6, "localhost");
    add("address: 127.0.0.1, port: 9001", "address: 127.0.0.256, port: 9001", 6, "127.0.0.256");
    add("address: 127.0.0.1, port: 9001", "address: 127.0.0, port: 9001", 6, "127.0.0");
    add("port: 9001", "port: 0", 6, "port", "1 to 65535");
    add("port: 9001", "port: 65536", 6, "65536", "1 to 65535");
    add("port: 9001", "port: http", 6, "http", "1 to 65535");
    add("port: 9001", "port: -1", 6, "-1");
    add("weight: 1 }", "weight: -1 }", 6, "weight", "-1", "0 to 65535");
    add("weight: 1 }", "weight: 70000 }", 6, "70000");
    add("weight: 1 }", "weight: 1.5 }", 6, "weight");
    add("weight: 1 }", "weight: heavy }", 6, "heavy");
    add("weight: 1 }", "weight: 1, wight: 2 }", 6, "wight", "did you mean weight?");
    add("adminState: drain", "adminState: drained", 7, "drained", "inService, drain, outOfService");
    add("adminState: drain", "adminState: true", 7, "adminState");
  }

  private void virtualServices() {
    add("    pool: web", "    pool: wob", 14, "wob", "web");
    add("    pool: web\n", "", 9, "pool");
    add("    protocol: tcp", "    protocol: http", 12, "http", "tcp, udp, sctp");
    add("    protocol: tcp", "    protocol: sctp", 12, "sctp");
    add("    scheduler: wlc", "    scheduler: 'w l c'", 13, "w l c");
    add("    scheduler: wlc", "    scheduler: wlcc", 13, "wlcc", "wlc, wrr");
    add("    forwarding: relay", "    forwarding: nat", 15, "nat", "masquerading");
    add("connect: 2s", "connect: 2", 16, "timeouts.connect", "500ms");
    add("connect: 2s", "connect: 1ms", 16, "1ms");
    add("connect: 2s", "connect: 2 seconds", 16, "2 seconds");
    add("    connectTries: 3", "    connectTries: 17", 17, "17", "1 to 16");
    add("    connectTries: 3", "    connectTries: 3\n    retries: 2", 18, "retries");
    add("    scheduler: wlc", "    scheduler: wlc\n    schedulerOptions: fast", 14, "fast");
    add(
        "virtualServices:\n",
        "virtualServices:\n" + OTHER_SERVICE,
        12,
        "an address and port of its own",
        "virtualServices.other");
  }

  private void management() {
    add("    port: %SNMP%", "    port: snmp", 21, "snmp");
    add("auth: sha256", "auth: md5", 23, "md5", "sha256, sha384, sha512");
    add("priv: aes128", "priv: des", 23, "des", "aes128");
    add("role: operator, auth", "role: god, auth", 23, "god", "viewer, operator, admin");
    add("authPassphraseFile: a, ", "", 23, "authPassphraseFile");
    add("user: demo", "user: nobody", 25, "nobody", "demo");
    add("kind: trap", "kind: pigeon", 25, "pigeon", "trap, inform");
    add("retries: 1", "retries: 11", 25, "11", "0 to 10");
    add("passwordFile: j", "password: secret", 30, "password", "passwordFile");
    add("    port: %JMX%", "    port: %PORT%", 28, "virtualServices.web");
  }
}
