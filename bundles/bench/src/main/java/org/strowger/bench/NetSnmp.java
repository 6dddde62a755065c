package org.strowger.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snmp4j.smi.OID;
import org.strowger.testkit.Street;

/**
 * net-snmp's snmpd beside ours: on the loopback of a network namespace with 10,000 routes, which it
 * shows in inetCidrRouteTable (RFC 4292), a table of as many rows with indexes as long as ours.
 */
final class NetSnmp implements AutoCloseable {
  static final List<OID> TABLE = List.of(new OID("1.3.6.1.2.1.4.24.7.1"));

  /** sysUpTime.0: the cheapest it can be asked for. */
  static final OID UPTIME = new OID("1.3.6.1.2.1.1.3.0");

  private static final String HOUSE = "snmpd";
  private static final int PORT = 1161;

  private final Street street;
  private final Child snmpd;
  private final SnmpPoller poller;

  private NetSnmp(Street street, Child snmpd, SnmpPoller poller) {
    this.street = street;
    this.snmpd = snmpd;
    this.poller = poller;
  }

  static NetSnmp start(Path folder, int rows) throws Exception {
    Street street = new Street("sbm");
    Child snmpd = null;
    try {
      street.house(HOUSE, "10.77.0.1/24");
      street.in(HOUSE, "ip -batch " + routes(folder, rows));
      Path file =
          Files.writeString(
              folder.resolve("snmpd.conf"),
              """
              createUser %s SHA-256 %s AES %s
              rouser %s priv
              """
                  .formatted(
                      SnmpPoller.USER,
                      SnmpPoller.PASSPHRASE,
                      SnmpPoller.PASSPHRASE,
                      SnmpPoller.USER));
      List<String> command =
          new ArrayList<>(List.of("ip", "netns", "exec", street.name(HOUSE), "env"));
      command.add("SNMP_PERSISTENT_DIR=" + Files.createDirectories(folder.resolve("snmpd")));
      command.addAll(List.of("MIBS=", Shell.find("snmpd").orElseThrow().toString(), "-f", "-C"));
      command.addAll(List.of("-LE", "3", "-c", file.toString(), "udp:127.0.0.1:" + PORT));
      snmpd = Child.start("snmpd", folder, command);
      Child started = snmpd;
      SnmpPoller poller = street.at(HOUSE, () -> new SnmpPoller(PORT));
      started.await(() -> answers(poller));
      return new NetSnmp(street, started, poller);
    } catch (Exception e) {
      if (snmpd != null) {
        snmpd.close();
      }
      street.remove();
      throw e;
    }
  }

  private static boolean answers(SnmpPoller poller) {
    try {
      return poller.get(UPTIME).size() == 1;
    } catch (IOException notYet) {
      return false;
    }
  }

  private static Path routes(Path folder, int rows) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      text.append("route add 11.%d.%d.0/24 dev door%n".formatted(i / 250, i % 250));
    }
    return Files.writeString(folder.resolve("routes"), text);
  }

  SnmpPoller poller() {
    return poller;
  }

  ProcessHandle process() {
    return snmpd.handle();
  }

  @Override
  public void close() throws IOException {
    poller.close();
    snmpd.close();
    try {
      street.remove();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
