package org.strowger.snmp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.event.AuthenticationFailureEvent;
import org.snmp4j.event.AuthenticationFailureListener;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.TransportIpAddress;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;

/**
 * Writes who was refused into the audit log: wrong users, keys, levels, roles, certificates.
 * Bounded, for whoever may send packets must not be able to fill the log: what is beyond is
 * counted. A source that does not give up is an alarm; of many at once, whose addresses anybody may
 * forge, the first are told by name and the others as one. Any thread.
 */
final class AccessAudit implements AuthenticationFailureListener {
  /** Lines a second. */
  static final int LINES = 20;

  /** Refusals of one source within a minute that make it an alarm. */
  static final int FAILURES = 10;

  /**
   * Sources that are remembered; of those that alarm nothing the one silent longest is forgotten.
   */
  static final int SOURCES = 64;

  /** Sources that are an alarm each; those beyond are one together. */
  static final int NAMED_SOURCES = 8;

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long WINDOW_NANOS = 60 * SECOND_NANOS;

  /** Without another burst so long, the alarm is over. */
  private static final long QUIET_NANOS = 300 * SECOND_NANOS;

  private static final Logger LOG = LoggerFactory.getLogger("audit");

  private final LongSupplier nanoTime;
  private final Map<String, Failures> sources = new LinkedHashMap<>(16, 0.75f, true);
  private volatile Runnable listener = () -> {};
  private long second;
  private int written;
  private long unwritten;

  AccessAudit(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.second = nanoTime.getAsLong();
  }

  /**
   * Who is told of each one who did not show who he is, on whatever thread it happens; must be
   * quick.
   */
  void listen(Runnable unauthenticated) {
    listener = unauthenticated;
  }

  /** What one source was refused. */
  private static final class Failures {
    private long begun;
    private int count;
    private boolean burst;
    private long burstSince;
    private long burstAt;

    void one(long now) {
      if (count == 0 || now - begun > WINDOW_NANOS) {
        begun = now;
        count = 0;
      }
      count++;
      if (count >= FAILURES) {
        if (!alarms(now)) {
          burstSince = now;
        }
        burst = true;
        burstAt = now;
      }
    }

    boolean alarms(long now) {
      return burst && now - burstAt < QUIET_NANOS;
    }
  }

  /**
   * A refusal of one who did not show who he is: an unknown user, a wrong key, community or
   * certificate (RFC 3418, authenticationFailure).
   *
   * @param user empty if it is not known
   */
  void unauthenticated(String user, Address peer, String why) {
    listener.run();
    refused(user, peer, why);
  }

  /**
   * A refusal that counts towards the alarm.
   *
   * @param user empty if it is not known
   */
  void refused(String user, Address peer, String why) {
    synchronized (this) {
      long now = nanoTime.getAsLong();
      Failures failures = failures(host(peer), now);
      if (failures != null) {
        failures.one(now);
      }
    }
    noted(user, peer, why);
  }

  /** What is known of a source; null if it is new and all that are remembered alarm. */
  private @Nullable Failures failures(String source, long now) {
    Failures known = sources.get(source);
    if (known != null) {
      return known;
    }
    if (sources.size() >= SOURCES && !forgetOne(now)) {
      return null;
    }
    Failures fresh = new Failures();
    sources.put(source, fresh);
    return fresh;
  }

  private boolean forgetOne(long now) {
    // In the order of the last refusal.
    for (Iterator<Failures> each = sources.values().iterator(); each.hasNext(); ) {
      if (!each.next().alarms(now)) {
        each.remove();
        return true;
      }
    }
    return false;
  }

  /**
   * Writes what is no fault of who is there: it counts towards no alarm.
   *
   * @param user empty if it is not known
   */
  void noted(String user, Address peer, String why) {
    long unwrittenBefore;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (now - second >= SECOND_NANOS) {
        second = now;
        written = 0;
      }
      if (++written > LINES) {
        unwritten++;
        return;
      }
      unwrittenBefore = unwritten;
      unwritten = 0;
    }
    LOG.atInfo()
        .addKeyValue("origin", "snmp")
        .addKeyValue("user", user)
        .addKeyValue("source", Caller.source(peer))
        .addKeyValue("result", "denied")
        .addKeyValue("why", why)
        .addKeyValue("unwritten", unwrittenBefore)
        .log("access");
  }

  private static String host(Address peer) {
    return peer instanceof TransportIpAddress ip
        ? ip.getInetAddress().getHostAddress()
        : peer.toString();
  }

  /** What SNMP4J could not authenticate; who asks for our engine and time is no stranger. */
  @Override
  public <A extends Address> void authenticationFailure(AuthenticationFailureEvent<A> event) {
    Address peer = event.getAddress();
    switch (event.getError()) {
      case SnmpConstants.SNMPv3_USM_UNKNOWN_ENGINEID,
          SnmpConstants.SNMPv3_USM_NOT_IN_TIME_WINDOW -> {
        // That is how one begins.
      }
      case SnmpConstants.SNMPv3_USM_UNKNOWN_SECURITY_NAME, SnmpConstants.SNMP_MP_WRONG_USER_NAME ->
          unauthenticated("", peer, "unknown user");
      case SnmpConstants.SNMPv3_USM_UNSUPPORTED_SECURITY_LEVEL,
          SnmpConstants.SNMPv3_TSM_INADEQUATE_SECURITY_LEVELS ->
          refused("", peer, "not at this security level");
      case SnmpConstants.SNMP_MP_UNSUPPORTED_SECURITY_MODEL ->
          refused("", peer, "unknown security model");
      default -> unauthenticated("", peer, "wrong key");
    }
  }

  /** The sources that do not give up: who began first stays named as long as it goes on. */
  synchronized List<AlarmCondition> conditions() {
    long now = nanoTime.getAsLong();
    List<Map.Entry<String, Failures>> alarming =
        sources.entrySet().stream()
            .filter(each -> each.getValue().alarms(now))
            .sorted(
                Comparator.<Map.Entry<String, Failures>>comparingLong(
                        each -> each.getValue().burstSince - now)
                    .thenComparing(Map.Entry.comparingByKey()))
            .toList();
    List<AlarmCondition> conditions = new ArrayList<>();
    alarming.stream()
        .limit(NAMED_SOURCES)
        .map(Map.Entry::getKey)
        .sorted()
        .map(source -> condition(source, source + " is"))
        .forEach(conditions::add);
    if (alarming.size() > NAMED_SOURCES) {
      conditions.add(condition("many", "more than " + NAMED_SOURCES + " sources are"));
    }
    return conditions;
  }

  private static AlarmCondition condition(String source, String who) {
    return new AlarmCondition(
        AlarmType.AUTH_FAILURES,
        "source=" + source + ",of=snmp",
        who + " refused by SNMP again and again; see the audit log");
  }
}
