package org.strowger.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.strowger.api.PlatformState.Certificate;

/** How grave a certificate is that ends. */
class FindingsTest {
  private static final Instant END = Instant.parse("2026-12-24T10:00:00Z");

  private static Certificate certificate(long daysLeft) {
    return new Certificate(
        "jmx", "server of jmx", "CN=a", "CN=a", "1f", Instant.EPOCH, END, daysLeft, "04:00");
  }

  private static List<String> severities(long daysLeft) {
    return Findings.of(List.of(certificate(daysLeft))).stream()
        .map(each -> each.resource() + " " + each.severity())
        .toList();
  }

  @Test
  void aCertificateIsTheGraverTheNearerItsEndIs() {
    assertEquals(List.of(), severities(30));
    assertEquals(List.of("certificate=jmx MINOR"), severities(29));
    assertEquals(List.of("certificate=jmx MINOR"), severities(7));
    assertEquals(List.of("certificate=jmx MAJOR"), severities(6));
    assertEquals(List.of("certificate=jmx MAJOR"), severities(0));
    assertEquals(List.of("certificate=jmx CRITICAL"), severities(-1));
  }

  @Test
  void aRenewedCertificateIsNoAlarm() {
    assertEquals(List.of(), severities(89));
  }
}
