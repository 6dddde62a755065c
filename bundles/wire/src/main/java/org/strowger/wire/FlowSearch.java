package org.strowger.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.wire.WantedService.WantedReal;

/**
 * Finds a real server for a flow of datagrams, and another one when that refuses them. Touched by
 * the flow's loop only.
 */
final class FlowSearch {
  private static final Logger log = LoggerFactory.getLogger(FlowSearch.class);

  private final DatagramFlow flow;

  /** Real servers that have refused what is not answered yet. */
  private Set<String> tried = Set.of();

  FlowSearch(DatagramFlow flow) {
    this.flow = flow;
  }

  /** Asks who takes the flow, or lets it wait for somebody to ask; unless it has ended. */
  void decide() {
    if (flow.ended()) {
      return;
    }
    Account account = flow.account();
    Object answer =
        flow.exchange()
            .choose(
                flow.port(),
                flow.client(),
                flow.at().local(),
                tried,
                tried.isEmpty() ? Contract.FIRST : 0,
                account);
    switch (answer) {
      case Integer code when code == Contract.WAIT -> flow.refuse(Contract.NO_REAL_SERVER);
      case Integer code -> flow.refuse(tried.isEmpty() ? code : Contract.CONNECT_FAILED);
      case Map.Entry<?, ?> chosen when account.bound() ->
          flow.connect((InetSocketAddress) chosen.getValue());
      case null, default -> {
        account.release();
        park();
      }
    }
  }

  private void park() {
    if (flow.loop().flows().park(this)) {
      flow.account().count(Contract.PARKED_TOTAL);
    } else {
      decideAlone();
    }
  }

  /** Nobody came to decide: by rotation over the last known real servers; unless it has ended. */
  void decideAlone() {
    if (flow.ended()) {
      return;
    }
    ServicePort port = flow.port();
    Account account = flow.account();
    WantedReal next = port.shard(flow.loop()).rotation().next(port.wanted().reals(), tried);
    if (next == null) {
      flow.refuse(tried.isEmpty() ? Contract.CONTROL_ABSENT : Contract.CONNECT_FAILED);
      return;
    }
    account.count(Contract.CHOSEN_ALONE);
    account.bind(next.id());
    flow.connect(withPort(next.address(), flow.at().local()));
  }

  /** A real server without a port gets what came to a port on the same one. */
  static InetSocketAddress withPort(InetSocketAddress real, InetSocketAddress local) {
    return real.getPort() != 0 ? real : new InetSocketAddress(real.getAddress(), local.getPort());
  }

  /** The real server that the account is bound to does not take the flow's datagrams. */
  void failed(InetSocketAddress address, IOException cause) {
    ServicePort port = flow.port();
    Account account = flow.account();
    Exchange exchange = flow.exchange();
    boolean blamed = ConnectFailure.blamesRealServer(cause);
    String real = account.real();
    account.connectFailed(blamed);
    if (!blamed) {
      if (exchange.mayWarn()) {
        log.atWarn().addKeyValue("service", port.name()).log("no socket: {}", cause.toString());
      }
      flow.refuse(Contract.CONNECTION_LIMIT);
      return;
    }
    exchange.failed(real + "@" + address);
    exchange.tellFailure(port, real, address, ConnectFailure.text(cause));
    if (tried.isEmpty()) {
      tried = new LinkedHashSet<>();
    }
    tried.add(real);
    if (tried.size() >= port.wanted().connectTries()) {
      flow.refuse(Contract.CONNECT_FAILED);
    } else {
      account.count(Contract.RETRIES);
      decide();
    }
  }

  /** What is to be sent from now on was refused by nobody yet. */
  void anew() {
    tried = Set.of();
  }

  // --- beside another wire

  List<String> tried() {
    return List.copyOf(tried);
  }

  void adopt(List<String> triedBefore) {
    tried = new LinkedHashSet<>(triedBefore);
  }

  /** Goes on waiting, as it did in another wire. */
  void resume() {
    if (!flow.loop().flows().park(this)) {
      decideAlone();
    }
  }
}
