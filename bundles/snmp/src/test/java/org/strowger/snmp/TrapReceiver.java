package org.strowger.snmp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** net-snmp's snmptrapd, writing what it receives into a file, one notification a line. */
final class TrapReceiver implements AutoCloseable {
  private final Path output;
  private final Process process;

  private TrapReceiver(Path output, Process process) {
    this.output = output;
    this.process = process;
  }

  /**
   * Knows the user viewer, at the agent's engine for traps and at its own for informs.
   *
   * @param folder empty, its own
   */
  static TrapReceiver start(Path folder, int port, String agentEngineId) {
    try {
      Files.createDirectories(folder);
      String secrets = " viewer SHA-256 viewer-auth-secret AES-128 viewer-priv-secret\n";
      Path configuration = folder.resolve("snmptrapd.conf");
      Files.writeString(
          configuration,
          "createUser -e 0x"
              + agentEngineId
              + secrets
              + "createUser"
              + secrets
              + "authUser log viewer priv\n"
              + "format2 %v\\n\n");
      Path output = folder.resolve("received");
      Process process =
          Tools.start(
              Map.of("MIBS", "", "SNMP_PERSISTENT_DIR", folder.toString()),
              List.of(
                  "snmptrapd",
                  "-f",
                  "-n",
                  "-On",
                  "-Oe",
                  "-C",
                  "-c",
                  configuration.toString(),
                  "-Lf",
                  output.toString(),
                  "udp:127.0.0.1:" + port));
      TrapReceiver receiver = new TrapReceiver(output, process);
      Rig.until(() -> receiver.text().contains("NET-SNMP version"), receiver::text);
      return receiver;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text() {
    try {
      return Files.exists(output) ? Files.readString(output) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The notifications with this identifier, each its bindings as net-snmp writes them. */
  List<String> received(String trapOid) {
    String named = ".1.3.6.1.6.3.1.1.4.1.0 = OID: " + trapOid + "\t";
    return text().lines().map(line -> line + "\t").filter(line -> line.contains(named)).toList();
  }

  void await(String trapOid, int count) {
    Rig.until(
        () -> received(trapOid).size() >= count,
        () -> trapOid + " did not come " + count + " times: " + text());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
