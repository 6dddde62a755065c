package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.strowger.api.Compilation;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.Violation;

/** What the kernel cannot carry is refused by name. */
class KernelRulesTest {
  private final Map<String, Object> service =
      new HashMap<>(
          Map.of(
              "address", "192.0.2.1",
              "port", 80L,
              "pool", "web",
              "scheduler", "wlc",
              "forwarding", "direct"));
  private final Map<String, Object> a = new HashMap<>(Map.of("address", "10.0.0.1", "port", 80L));
  private final Map<String, Object> b = new HashMap<>(Map.of("address", "10.0.0.2", "port", 80L));
  private final Map<String, Object> director = new HashMap<>();

  @Test
  void aPlainServiceIsTaken() {
    assertEquals(List.of(), texts());
  }

  @Test
  void aSchedulerThatCannotBeCompiledIsRefusedWithThoseThatCan() {
    service.put("scheduler", "lblc");

    assertEquals(
        List.of(
            "virtualServices.web.scheduler: 'lblc': expected one that can be compiled for"
                + " forwarding: direct with these options (without options: wlc), or forwarding:"
                + " relay"),
        texts());
  }

  @Test
  void theSameSchedulerIsFineForTheRelay() {
    service.put("scheduler", "lblc");
    service.put("forwarding", "relay");

    assertEquals(List.of(), texts());
  }

  @Test
  void relayAndKernelDoNotMixInOneService() {
    b.put("forwarding", "relay");

    assertEquals(
        List.of(
            "pools.web.realServers.b.forwarding: 'relay': expected a forwarding method of the"
                + " kernel, as virtual service web uses forwarding: direct; both do not mix in"
                + " one"),
        texts());
  }

  @Test
  void kernelMethodsMix() {
    b.put("forwarding", "masquerading");
    b.put("port", 8080L);

    assertEquals(List.of(), texts());
  }

  @Test
  void whatLeavesPacketsAsTheyAreNeedsTheSamePort() {
    b.put("port", 8080L);

    assertEquals(1, texts().size());
    assertTrue(texts().getFirst().startsWith("pools.web.realServers.b.port: '8080'"));
  }

  @Test
  void whatOnlyTheRelayKnowsIsRefused() {
    service.put("queue", Map.of("size", 5L));
    service.put("transparentSource", true);
    service.put("proxyProtocol", Map.of("send", "v2"));
    service.put("limits", Map.of("connectionsPerSource", 5L, "ratePerSource", 6L));
    director.put("connectionLimit", 5L);

    assertEquals(6, texts().size(), texts().toString());
  }

  @Test
  void fullNatNeedsAnAddressOfTheServicesFamilyToTake() {
    service.put("forwarding", "fullnat");
    director.put("sourceAddresses", List.of("2001:db8::7"));
    assertEquals(1, texts().size(), texts().toString());
    assertTrue(texts().getFirst().startsWith("virtualServices.web.forwarding: 'fullnat'"));

    director.put("sourceAddresses", List.of("2001:db8::7", "192.0.2.7"));
    assertEquals(List.of(), texts());
  }

  @Test
  void limitsThatTheKernelKnowsAreTaken() {
    service.put("connectionLog", Map.of("sample", 1L));
    service.put("limits", Map.of("connections", 5L, "rate", 6L, "burst", 7L));
    service.put("access", Map.of("deny", List.of("198.51.100.0/24")));
    service.put("persistence", Map.of("timeout", "5m"));

    assertEquals(List.of(), texts());
  }

  @Test
  void aServiceOfAllAddressesIsRefused() {
    service.put("address", "0.0.0.0");

    assertTrue(
        texts().stream().anyMatch(text -> text.startsWith("virtualServices.web.address")),
        texts().toString());
  }

  private List<String> texts() {
    Map<String, Object> tree = new HashMap<>();
    tree.put("director", director);
    tree.put("pools", Map.of("web", Map.of("realServers", Map.of("a", a, "b", b))));
    tree.put("virtualServices", Map.of("web", service));
    assertEquals(List.of(), TreeCheck.check(tree, Shape.ROOT));
    Configuration wanted = ConfigurationReader.read(tree);
    Map<String, SchedulerProvider> providers =
        Map.of(
            "wlc", new Offer("wlc", Compilation.PICK_AHEAD),
            "lblc", new Offer("lblc", Compilation.REFUSED));
    return new ArrayList<>(
        Rules.check(
                wanted,
                new Plugins(providers, Map.of(), new PluginCalls(new CallWatch(), () -> {})),
                Map.of())
            .stream()
            .map(Violation::text)
            .toList());
  }

  private record Offer(String name, Compilation compilation) implements SchedulerProvider {
    @Override
    public SchedulerKind kind() {
      return SchedulerKind.COUNTING;
    }

    @Override
    public Compilation compilation(Map<String, Object> options) {
      return compilation;
    }

    @Override
    public List<Violation> check(Map<String, Object> options, KeyPath path) {
      return List.of();
    }

    @Override
    public Scheduler create(Map<String, Object> options) {
      throw new UnsupportedOperationException("nobody chooses in these tests");
    }
  }
}
