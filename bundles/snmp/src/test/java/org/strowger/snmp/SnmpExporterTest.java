package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus by way of SNMP: what the generator makes of the modules, run against the agent. */
class SnmpExporterTest {
  private static final Path INPUT =
      Modules.FOLDER.resolve("nms").resolve("snmp-exporter-generator.yml");

  /** Debian 12's generator, 0.21, wants user and passphrases in each module. */
  private static final String AUTH =
      """
          version: 3
          auth:
            security_level: authPriv
            username: viewer
            auth_protocol: SHA256
            priv_protocol: AES
            password: viewer-auth-secret
            priv_password: viewer-priv-secret
          walk:
      """;

  @TempDir Path folder;

  /** The input as that version wants it, and without IF-MIB, which Debian does not ship. */
  private static String input() throws IOException {
    String text = Files.readString(INPUT);
    return text.substring(text.indexOf("modules:"))
        .replace("    walk:\n", AUTH)
        .replaceAll(" +- ifX?Table\n", "")
        .replaceAll(" +- source_indexes: \\[ifIndex]\n +lookup: ifName\n", "");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, Rig.LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  private static String scrape(HttpClient client, int port, int agent, String module) {
    String query = "snmp?target=127.0.0.1:" + agent + "&module=" + module;
    URI uri = URI.create("http://127.0.0.1:" + port + "/" + query);
    try {
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException notYet) {
      return notYet.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatTheGeneratorMakesOfTheModulesShowsTheAgent() throws Exception {
    Tools.require(
        "prometheus-snmp-exporter", "prometheus-snmp-exporter", "prometheus-snmp-generator");
    Modules modules = Modules.require();
    Files.writeString(folder.resolve("generator.yml"), input());
    Tools.Output made =
        Tools.run(
            Map.of("MIBDIRS", modules.netSnmpPath(), "MIBS", "ALL"),
            List.of("sh", "-c", "cd '" + folder + "' && prometheus-snmp-generator generate"));
    assertEquals(0, made.code(), made.text());
    int port = freePort();
    String command =
        "exec prometheus-snmp-exporter --config.file='%s/snmp.yml' --web.listen-address=127.0.0.1:%d"
            .formatted(folder, port);
    Process exporter =
        Tools.start(Map.of(), List.of("sh", "-c", command + " >'" + folder + "/log' 2>&1"));
    try (Rig rig = Rig.start(folder);
        HttpClient client = HttpClient.newHttpClient()) {
      Rig.until(
          () -> !scrape(client, port, rig.port, "strowger").contains("ConnectException"),
          () -> "the exporter does not listen");
      Rig.until(
          () -> scrape(client, port, rig.port, "strowger").contains("stgLbServiceOperState"),
          () -> scrape(client, port, rig.port, "strowger"));
      String services = scrape(client, port, rig.port, "strowger");
      assertTrue(
          services.contains(
              "stgLbServiceOperState{stgLbServiceName=\"web\",stgLbServiceOperState=\"up\"} 1"),
          services);
      assertTrue(services.contains("stgSysCertDaysLeft{stgSysCertName=\"jmx\"} 12"), services);
      String reals = scrape(client, port, rig.port, "strowger_reals");
      assertTrue(
          reals.contains("stgLbRealWeight{stgLbPoolName=\"web\",stgLbRealName=\"a\"} 1"), reals);
      assertTrue(reals.contains("stgLbRealOperState=\"down\"} 1"), reals);
    } finally {
      exporter.destroy();
      assertTrue(exporter.waitFor(20, TimeUnit.SECONDS), "the exporter does not end");
    }
  }
}
