package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.snmp4j.MessageDispatcherImpl;
import org.snmp4j.asn1.BERInputStream;
import org.snmp4j.event.AuthenticationFailureEvent;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.smi.UdpAddress;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;

/** Who is an alarm, however many sources somebody makes up. */
class AccessAuditTest {
  private long nanos = 1;
  private final AccessAudit audit = new AccessAudit(() -> nanos);

  private void refuse(int source, int times) {
    for (int i = 0; i < times; i++) {
      audit.refused("", new UdpAddress("192.0.2." + source + "/1000"), "wrong key");
    }
  }

  private List<String> resources() {
    return audit.conditions().stream().map(AlarmCondition::resource).toList();
  }

  @Test
  void oneWhoGivesUpIsNoAlarm() {
    refuse(1, AccessAudit.FAILURES - 1);
    assertEquals(List.of(), resources());
    refuse(1, 1);
    assertEquals(List.of("source=192.0.2.1,of=snmp"), resources());
    nanos += TimeUnit.SECONDS.toNanos(300);
    assertEquals(List.of(), resources());
  }

  @Test
  void whatIsNotedOnlyIsNoAlarm() {
    for (int i = 0; i < 100; i++) {
      audit.noted("", new UdpAddress("192.0.2.1/1000"), "went away");
    }
    assertEquals(List.of(), resources());
  }

  @Test
  void whoShowedWhoHeIsAndMayNotIsNoFailureOfAuthentication() {
    AtomicInteger told = new AtomicInteger();
    audit.listen(told::incrementAndGet);
    UdpAddress peer = new UdpAddress("192.0.2.1/1000");
    for (int i = 0; i < AccessAudit.FAILURES; i++) {
      audit.refused("viewer", peer, "may not write");
    }
    assertEquals(0, told.get());
    assertEquals(List.of("source=192.0.2.1,of=snmp"), resources(), "an alarm all the same");
    for (int error :
        new int[] {
          SnmpConstants.SNMPv3_USM_UNKNOWN_ENGINEID,
          SnmpConstants.SNMPv3_USM_NOT_IN_TIME_WINDOW,
          SnmpConstants.SNMPv3_USM_UNSUPPORTED_SECURITY_LEVEL,
          SnmpConstants.SNMP_MP_UNSUPPORTED_SECURITY_MODEL
        }) {
      audit.authenticationFailure(failure(peer, error));
    }
    assertEquals(0, told.get());
    audit.authenticationFailure(failure(peer, SnmpConstants.SNMPv3_USM_UNKNOWN_SECURITY_NAME));
    audit.authenticationFailure(failure(peer, SnmpConstants.SNMPv3_USM_AUTHENTICATION_FAILURE));
    audit.unauthenticated("", peer, "wrong community");
    assertEquals(3, told.get());
  }

  private static AuthenticationFailureEvent<UdpAddress> failure(UdpAddress peer, int error) {
    return new AuthenticationFailureEvent<>(
        new MessageDispatcherImpl(), peer, null, error, new BERInputStream(ByteBuffer.allocate(0)));
  }

  @Test
  void forgedSourcesLeaveTheListAsItIs() {
    for (int source = 200; source > 200 - AccessAudit.NAMED_SOURCES; source--) {
      refuse(source, AccessAudit.FAILURES);
      nanos++;
    }
    List<String> first = resources();
    assertEquals(AccessAudit.NAMED_SOURCES, first.size());
    for (int source = 1; source <= 150; source++) {
      refuse(source, AccessAudit.FAILURES);
      nanos++;
      List<String> now = resources();
      assertEquals(first, now.subList(0, AccessAudit.NAMED_SOURCES), "those who began first");
      assertEquals(List.of("source=many,of=snmp"), now.subList(first.size(), now.size()));
    }
    assertTrue(
        audit.conditions().stream().allMatch(each -> each.type() == AlarmType.AUTH_FAILURES));
  }

  @Test
  void oneWhoAlarmsIsNotForgottenForOthers() {
    refuse(250, AccessAudit.FAILURES);
    for (int source = 1; source <= 3 * AccessAudit.SOURCES; source++) {
      refuse(source, 1);
    }
    assertEquals(List.of("source=192.0.2.250,of=snmp"), resources());
  }
}
