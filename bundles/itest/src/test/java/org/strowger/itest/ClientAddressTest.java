package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who the client is, told to Debian's nginx and HAProxy and taken from an HAProxy in front. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientAddressTest {
  /** Address of the service, and of the client that comes to it. */
  private static final Map<String, String> CLIENTS = Map.of("127.0.0.1", "127.0.0.9", "::1", "::1");

  private RelayLab lab;
  private ProxyPeers peers;

  /**
   * One way to tell the address: header version, who reads it, and the families on both sides.
   *
   * @param service address of the virtual service
   * @param real address of the real server
   */
  record Telling(String version, String peer, String service, String real) {
    String name() {
      return "%s-%s-%s-%s".formatted(version, peer, family(service), family(real));
    }

    private static String family(String address) {
      return address.equals("::1") ? "v6" : "v4";
    }
  }

  static List<Telling> tellings() {
    List<Telling> all = new ArrayList<>();
    for (String version : List.of("v1", "v2")) {
      for (String peer : List.of("nginx", "haproxy")) {
        for (String service : List.of("127.0.0.1", "::1")) {
          for (String real : List.of("127.0.0.1", "::1")) {
            all.add(new Telling(version, peer, service, real));
          }
        }
      }
    }
    return all;
  }

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    for (String peer : List.of("nginx", "haproxy")) {
      assumeTrue(Lab.installed(peer), peer + " is not installed: nobody to tell the address to");
    }
    int behind = Plan.free(1);
    peers = new ProxyPeers(folder.resolve("peers"), behind);
    Map<String, Integer> ports = Map.of("nginx", peers.nginx, "haproxy", peers.haproxy);
    Plan plan = new Plan();
    for (String peer : ports.keySet()) {
      for (String real : List.of("127.0.0.1", "::1")) {
        plan.pool(
            peer + "-" + Telling.family(real),
            "one: { address: \"%s\", port: %d }".formatted(real, ports.get(peer)));
      }
    }
    for (Telling each : tellings()) {
      plan.service(
          each.name(),
          each.service(),
          Plan.free(1),
          each.peer() + "-" + Telling.family(each.real()),
          "proxyProtocol: { send: " + each.version() + " }");
    }
    plan.service(
        "behind",
        "127.0.0.1",
        behind,
        "nginx-v4",
        "proxyProtocol: { send: v2, acceptFrom: [127.0.0.0/8] }");
    lab = new RelayLab(folder, plan);
  }

  @AfterAll
  void stop() throws Exception {
    if (lab != null) {
      lab.close();
    }
    if (peers != null) {
      peers.close();
    }
  }

  @ParameterizedTest
  @MethodSource("tellings")
  void theWebServerReadsTheClientsAddressInTheHeader(Telling telling) throws Exception {
    String client = CLIENTS.get(telling.service());
    try (Caller caller = new Caller(client, telling.service(), lab.port(telling.name()))) {
      String answer = caller.get().replace("0:0:0:0:0:0:0:1", "::1"); // as the header has it
      String wanted = "client " + client + " port " + caller.port();
      assertTrue(answer.contains(wanted), "wanted " + wanted + ", was told: " + answer);
    }
  }

  @Test
  void theFirstClientsAddressPassesThroughHaproxyInFrontAndTheDirector() throws Exception {
    for (int front : List.of(peers.frontV1, peers.frontV2)) {
      try (Caller caller = Caller.from("127.0.0.77", front)) {
        String answer = caller.get();
        String wanted = "client 127.0.0.77 port " + caller.port();
        assertTrue(answer.contains(wanted), "wanted " + wanted + ", was told: " + answer);
      }
    }
  }

  @Test
  void whoIsTrustedToSendAHeaderButSendsNoneIsResetAndCounted() throws Exception {
    long before = lab.verdicts("behind", "badProxyHeader");
    try (Caller caller = Caller.to(lab.port("behind"))) {
      assertEquals("", caller.get());
    } catch (SocketException reset) {
      assertTrue(String.valueOf(reset.getMessage()).contains("reset"), reset.toString());
    }
    lab.awaitVerdicts("behind", "badProxyHeader", before + 1);
  }
}
