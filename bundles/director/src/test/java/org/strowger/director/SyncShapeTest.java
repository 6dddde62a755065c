package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.Configuration;
import org.strowger.api.Sync;
import org.strowger.api.Violation;

/** Keys about telling connections: what is wrong is named, and what is left out has its default. */
class SyncShapeTest {
  private final Map<String, Object> peer = new LinkedHashMap<>();
  private final Map<String, Object> peers = new LinkedHashMap<>();
  private final Map<String, Object> sync = new LinkedHashMap<>();

  @BeforeEach
  void good() {
    peer.put("address", "10.0.0.2");
    peers.put("gate-2", peer);
    sync.putAll(Map.of("address", "10.0.0.1", "secretFile", "sync.key", "peers", peers));
  }

  private Map<String, Object> tree() {
    return Map.of("director", Map.of("name", "gate-1"), "sync", sync);
  }

  private List<String> wrong() {
    List<Violation> wrong = new ArrayList<>(TreeCheck.check(tree(), Shape.ROOT));
    if (wrong.isEmpty()) {
      SyncShape.check(ConfigurationReader.read(tree()), wrong::add);
    }
    return wrong.stream().map(each -> each.path() + " " + each.expected()).toList();
  }

  @Test
  void whatIsLeftOutHasItsDefault() {
    assertEquals(List.of(), wrong());
    Sync read = ConfigurationReader.read(tree()).sync();
    assertTrue(read.wanted());
    assertEquals(Sync.PORT, read.port());
    assertEquals(Optional.of(Path.of("sync.key")), read.secretFile());
    assertEquals(Duration.ZERO, read.minimumAge());
    assertEquals(100, read.megabits());
    assertEquals(
        Map.of("gate-2", new Sync.Peer("gate-2", InetAddress.ofLiteral("10.0.0.2"), Sync.PORT)),
        read.peers());
  }

  @Test
  void withoutOtherDirectorsNothingIsNeeded() {
    sync.clear();
    assertEquals(List.of(), wrong());
    Configuration read = ConfigurationReader.read(tree());
    assertFalse(read.sync().wanted());
    assertEquals(Sync.NONE, read.sync());
  }

  @Test
  void withOthersAnAddressAndASecretAreNeeded() {
    sync.remove("secretFile");
    assertEquals(List.of("sync.secretFile a file, because there are peers"), wrong());
    sync.remove("address");
    assertEquals(List.of("sync.address an address, because there are peers"), wrong());
    sync.put("address", "0.0.0.0");
    sync.put("secretFile", "sync.key");
    assertEquals(List.of("sync.address one address of this director"), wrong());
  }

  @Test
  void anotherDirectorHasAnotherNamePlaceAndTheSameFamily() {
    peers.put("gate-1", Map.of("address", "10.0.0.3"));
    assertEquals(
        List.of("sync.peers.gate-1 names of other directors; this one has that name"), wrong());
    peers.remove("gate-1");
    peer.put("address", "10.0.0.1");
    assertEquals(
        List.of("sync.peers.gate-2.address another address or port than this director has"),
        wrong());
    peer.put("port", 9_000L);
    assertEquals(List.of(), wrong());
    peer.put("address", "2001:db8::2");
    assertEquals(List.of("sync.peers.gate-2.address one of the family of sync.address"), wrong());
  }

  @Test
  void moreOthersThanThereMayBeAreRefused() {
    for (int i = 3; i <= 3 + Sync.MAX_PEERS; i++) {
      peers.put("gate-" + i, Map.of("address", "10.0.0." + i));
    }
    assertEquals(1, wrong().size(), wrong().toString());
  }
}
