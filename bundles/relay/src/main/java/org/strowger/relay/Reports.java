package org.strowger.relay;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.strowger.api.Coded;
import org.strowger.api.Connection;
import org.strowger.api.ForwardingPlane.PlaneReport;
import org.strowger.api.PlaneState;
import org.strowger.api.Protocol;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.Talker;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualServiceCounters;

/** Turns what the wire counts and lists into the vocabulary. */
final class Reports {
  private Reports() {}

  static PlaneReport of(String name, List<Wire> wires, LedgerNames names) {
    if (wires.isEmpty()) {
      return new PlaneReport(new PlaneState(name, "", 0, 0, 0, 0, 0, 0), Map.of(), Map.of());
    }
    Ledger ledger = new Ledger(wires.getFirst().ledger());
    Map<String, VirtualServiceCounters> services = new HashMap<>();
    Map<RealServerId, RealServerCounters> reals = HashMap.newHashMap(ledger.books().size());
    ledger
        .books()
        .forEach(
            (key, pages) -> {
              Optional<RealServerId> of = names.real(key);
              if (of.isPresent()) {
                reals.merge(of.get(), real(pages), RealServerCounters::plus);
              } else if (key.indexOf('|') < 0 && !key.equals(Contract.WIRE_PAGE)) {
                services.put(key, service(pages));
              }
            });
    names.trim(ledger.books().keySet());
    return new PlaneReport(plane(name, wires, ledger), services, reals);
  }

  private static PlaneState plane(String name, List<Wire> wires, Ledger ledger) {
    AtomicReference<AtomicLongArray[]> page = ledger.pages(Contract.WIRE_PAGE);
    OpenFiles files = OpenFiles.now();
    return new PlaneState(
        name,
        wires.getFirst().transport(),
        wires.stream().mapToLong(Wire::held).sum(),
        files.open(),
        files.most(),
        cell(page, Contract.ACCEPT_PAUSES),
        cell(page, Contract.BUFFER_PAUSES),
        cell(page, Contract.BUFFER_BYTES));
  }

  private static VirtualServiceCounters service(AtomicReference<AtomicLongArray[]> pages) {
    Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      verdicts.put(verdict, cell(pages, Contract.VERDICTS + verdict.code()));
    }
    return new VirtualServiceCounters(
        cell(pages, Contract.CONNS_TOTAL),
        cell(pages, Contract.CONNS_HELD),
        cell(pages, Contract.WAITING),
        cell(pages, Contract.WAITED_TOTAL),
        cell(pages, Contract.TIMED_OUT),
        cell(pages, Contract.RESET_BY_CLIENT),
        cell(pages, Contract.RESET_BY_REAL),
        cell(pages, Contract.RETRIES),
        cell(pages, Contract.SERVICE_BYTES_IN),
        cell(pages, Contract.SERVICE_BYTES_OUT),
        cell(pages, Contract.PACKETS_IN),
        cell(pages, Contract.PACKETS_OUT),
        cell(pages, Contract.PACKETS_DROPPED),
        0,
        0,
        0,
        cell(pages, Contract.LOG_SUPPRESSED),
        verdicts);
  }

  private static long cell(AtomicReference<AtomicLongArray[]> pages, int cell) {
    return Ledger.sum(pages, Contract.SERVICE_ROW, cell);
  }

  private static RealServerCounters real(AtomicReference<AtomicLongArray[]> pages) {
    long inactive = realCell(pages, Contract.INACTIVE);
    return new RealServerCounters(
        realCell(pages, Contract.SELECTIONS),
        realCell(pages, Contract.ESTABLISHED_TOTAL),
        realCell(pages, Contract.ACTIVE) + inactive,
        inactive,
        realCell(pages, Contract.CONN_FAILURES),
        realCell(pages, Contract.REAL_RESETS),
        realCell(pages, Contract.REAL_BYTES_IN),
        realCell(pages, Contract.REAL_BYTES_OUT),
        Ledger.latency(pages) / 1_000);
  }

  private static long realCell(AtomicReference<AtomicLongArray[]> pages, int cell) {
    return Ledger.sum(pages, Contract.REAL_ROW, cell);
  }

  static Talker talker(Map<String, Object> view) {
    return new Talker(
        text(view, Contract.NAME),
        number(view, Contract.CONNECTIONS),
        number(view, Contract.BYTES_IN),
        number(view, Contract.BYTES_OUT));
  }

  static Connection connection(Map<String, Object> view) {
    return new Connection(
        number(view, Contract.ID),
        text(view, Contract.SERVICE_NAME),
        Coded.byWord(Protocol.class, text(view, Contract.PROTOCOL)).orElse(Protocol.TCP),
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
