package org.strowger.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.strowger.api.RealServerId;

class LedgerNamesTest {
  private final LedgerNames names = new LedgerNames();

  @Test
  void aKeyIsTakenApartOnce() {
    Optional<RealServerId> first = names.real("web|pool/a");
    assertEquals(Optional.of(new RealServerId("pool", "a")), first);
    assertSame(first, names.real("web|pool/a"));
  }

  @Test
  void pagesOfServicesAndOfNoNameBelongToNobody() {
    assertEquals(Optional.empty(), names.real("web"));
    assertEquals(Optional.empty(), names.real(Contract.WIRE_PAGE));
    assertEquals(Optional.empty(), names.real("web|pool"));
    assertEquals(Optional.empty(), names.real("web|pool/-a"));
  }

  @Test
  void whatLeftTheLedgerIsForgotten() {
    for (int i = 0; i < 5_000; i++) {
      names.real("web|pool/r" + i);
      names.trim(Set.of("web|pool/r" + i));
      assertTrue(names.size() < 2_000, () -> names.size() + " kept");
    }
    assertEquals(Optional.of(new RealServerId("pool", "r0")), names.real("web|pool/r0"));
  }
}
