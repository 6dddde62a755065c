package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The template in Debian's Zabbix, with a database of its own: imported, discovered, polled. */
class ZabbixTest {
  private static final Path TEMPLATE = Modules.FOLDER.resolve("nms/zabbix-template-6.0.yaml");

  @TempDir Path state;

  /** Zabbix takes none above 32,767. */
  private static int freePort() {
    int port = ThreadLocalRandom.current().nextInt(11_000, 31_000);
    while (!isFree(port)) {
      port++;
    }
    return port;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, Rig.LOOPBACK)) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private static void requirePackages() {
    assumeTrue(Boolean.getBoolean("strowger.long"), "takes two minutes: ./strowger test --long");
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "it needs root, to run a database as postgres");
    Tools.require("zabbix-server-pgsql", "zabbix_server");
    Tools.require("php-cli", "php");
    Tools.require("postgresql", "pg_config");
    assumeTrue(
        Files.exists(Path.of("/usr/share/zabbix/api_jsonrpc.php")),
        "Zabbix's API is not installed (Debian package zabbix-frontend-php)");
  }

  @Test
  void theTemplateIsTakenAndItsItemsHaveValues() throws Exception {
    requirePackages();
    try (Rig rig = Rig.start(state);
        ZabbixServer zabbix = ZabbixServer.start(freePort(), freePort())) {
      zabbix.importTemplate(Files.readString(TEMPLATE));
      zabbix.addHost("lab-1", rig.port, "viewer", "viewer-auth-secret", "viewer-priv-secret");
      // Names that were indexes, made readable by the template.
      await(zabbix, "virtual service web: stgLbServiceOperState", "1");
      await(zabbix, "real server web/a: stgLbRealOperState", "3");
      await(zabbix, "stgSysHealthState", "1");
      Map<String, String> values = zabbix.values();
      List<String> unsupported = zabbix.unsupported();
      assertEquals(List.of(), unsupported);
      assertTrue(values.size() > 30, "items: " + values);
    }
  }

  private static void await(ZabbixServer zabbix, String item, String value) throws Exception {
    // Discovery is each ten minutes, what it found is asked each minute; a first try may be lost.
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(12);
    while (!value.equals(zabbix.values().get(item))) {
      if (System.nanoTime() > end) {
        fail(item + " has no value: " + zabbix.values() + "\n" + zabbix.log());
      }
      zabbix.checkNow();
      Thread.sleep(2_000);
    }
  }
}
