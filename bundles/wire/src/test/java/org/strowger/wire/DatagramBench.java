package org.strowger.wire;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A bench whose service is one of datagrams. */
final class DatagramBench {
  private DatagramBench() {}

  static Bench serve(Transport transport, Map<String, Object> more, UdpServer... servers) {
    Bench bench =
        new Bench(
            transport,
            new TestDecider(
                Arrays.stream(servers).map(UdpServer::address).toArray(InetSocketAddress[]::new)));
    bench.wire.decideBy(bench.decider);
    apply(bench, more);
    return bench;
  }

  static void apply(Bench bench, Map<String, Object> more) {
    bench.wire.apply(List.of(service(bench, more)));
    Bench.await("listening", () -> "".equals(bench.wire.listening().get("web")));
  }

  static Map<String, Object> service(Bench bench, Map<String, Object> more) {
    Map<String, Object> service = new HashMap<>(bench.service("web", bench.address));
    service.put(Contract.PROTOCOL, "udp");
    service.putAll(more);
    return service;
  }
}
