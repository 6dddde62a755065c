package org.strowger.relay;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.strowger.api.Connection;
import org.strowger.api.ForwardingPlane.PlaneReport;
import org.strowger.api.Protocol;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualServiceCounters;

/** Turns what the wire counts and lists into the vocabulary. */
final class Reports {
  private Reports() {}

  static PlaneReport of(String transport, Ledger ledger) {
    Map<String, VirtualServiceCounters> services = new HashMap<>();
    Map<RealServerId, RealServerCounters> reals = new HashMap<>();
    ledger
        .books()
        .forEach(
            (key, pages) -> {
              int bar = key.indexOf('|');
              if (bar < 0) {
                services.put(key, service(pages));
              } else {
                RealServerId.parse(key.substring(bar + 1))
                    .ifPresent(id -> reals.merge(id, real(pages), Reports::sum));
              }
            });
    return new PlaneReport(transport, services, reals);
  }

  private static VirtualServiceCounters service(AtomicReference<AtomicLongArray[]> pages) {
    Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      verdicts.put(verdict, cell(pages, Contract.VERDICTS + verdict.code()));
    }
    return new VirtualServiceCounters(
        cell(pages, Contract.CONNS_TOTAL),
        cell(pages, Contract.CONNS_HELD),
        cell(pages, Contract.SERVICE_BYTES_IN),
        cell(pages, Contract.SERVICE_BYTES_OUT),
        verdicts);
  }

  private static long cell(AtomicReference<AtomicLongArray[]> pages, int cell) {
    return Ledger.sum(pages, Contract.SERVICE_ROW, cell);
  }

  private static RealServerCounters real(AtomicReference<AtomicLongArray[]> pages) {
    return new RealServerCounters(
        realCell(pages, Contract.SELECTIONS),
        realCell(pages, Contract.ESTABLISHED_TOTAL),
        realCell(pages, Contract.ACTIVE) + realCell(pages, Contract.INACTIVE),
        realCell(pages, Contract.CONN_FAILURES),
        realCell(pages, Contract.REAL_BYTES_IN),
        realCell(pages, Contract.REAL_BYTES_OUT));
  }

  private static long realCell(AtomicReference<AtomicLongArray[]> pages, int cell) {
    return Ledger.sum(pages, Contract.REAL_ROW, cell);
  }

  private static RealServerCounters sum(RealServerCounters one, RealServerCounters other) {
    return new RealServerCounters(
        one.selections() + other.selections(),
        one.connsTotal() + other.connsTotal(),
        one.connsActive() + other.connsActive(),
        one.connFailures() + other.connFailures(),
        one.bytesIn() + other.bytesIn(),
        one.bytesOut() + other.bytesOut());
  }

  static Connection connection(Map<String, Object> view) {
    return new Connection(
        number(view, Contract.ID),
        text(view, Contract.SERVICE_NAME),
        Protocol.TCP,
        (InetSocketAddress) Objects.requireNonNull(view.get(Contract.CLIENT)),
        RealServerId.parse(text(view, Contract.REAL)).orElse(new RealServerId("", "")),
        text(view, Contract.STATE),
        Duration.ofMillis(number(view, Contract.AGE)),
        Duration.ofMillis(number(view, Contract.IDLE)),
        number(view, Contract.BYTES_IN),
        number(view, Contract.BYTES_OUT));
  }

  private static String text(Map<String, Object> view, String key) {
    return view.get(key) instanceof String text ? text : "";
  }

  private static long number(Map<String, Object> view, String key) {
    return view.get(key) instanceof Long number ? number : 0;
  }
}
