package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.api.Verdict.ACCEPTED;
import static org.strowger.api.Verdict.UNKNOWN_CONNECTION;
import static org.strowger.bpf.Kernel.DROP;
import static org.strowger.bpf.Kernel.MASQUERADING;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.api.KernelException;
import org.strowger.api.LookupTable;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;
import org.strowger.bpf.Kernel.Service;
import org.strowger.schedulers.Schedulers;

/**
 * Directors that stand for each other and tell each other nothing: by the table of {@code mh} a
 * connection goes on where it was, though the other one has its real servers in another order.
 */
@ExtendWith(LoadedKernel.class)
class MidstreamTest {
  private static final List<String> ONE =
      List.of("10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.4", "10.0.1.5");
  private static final List<String> OTHER =
      List.of("10.0.1.4", "10.0.1.2", "10.0.1.5", "10.0.1.1", "10.0.1.3");
  private static final int TABLE_AT = 2_000;
  private static final int MOST_CLIENTS = 100;

  private final Kernel kernel;

  MidstreamTest(Kernel kernel) {
    this.kernel = kernel;
  }

  /** Real servers of weight 1, all well. */
  private record View(List<String> addresses) implements RealServerView {
    @Override
    public int size() {
      return addresses.size();
    }

    @Override
    public RealServerId id(int index) {
      return new RealServerId("web", addresses.get(index));
    }

    @Override
    public InetSocketAddress address(int index) {
      return new InetSocketAddress(InetAddress.ofLiteral(addresses.get(index)), 80);
    }

    @Override
    public int weight(int index) {
      return 1;
    }

    @Override
    public boolean available(int index) {
      return true;
    }

    @Override
    public long active(int index) {
      return 0;
    }

    @Override
    public long inactive(int index) {
      return 0;
    }
  }

  /** From now on the kernel is that of a director with these; indexes follow their order. */
  private void director(List<String> reals, int flags) throws KernelException {
    kernel.reset();
    Scheduler maglev =
        Schedulers.providers().stream()
            .filter(provider -> provider.name().equals("mh"))
            .findFirst()
            .orElseThrow()
            .create(Map.of("tableSize", 251));
    maglev.changed(new View(reals));
    LookupTable table = maglev.table().orElseThrow();
    for (int i = 0; i < reals.size(); i++) {
      kernel.put("reals", i + 1, kernel.real(1, MASQUERADING, reals.get(i), 0));
    }
    for (int i = 0; i < table.owners().size(); i++) {
      kernel.put("tables", TABLE_AT + i, Kernel.word(table.owners().get(i) + 1));
    }
    Service service = kernel.service(1, "tcp", "10.0.0.1:80").flags(flags);
    service.value.putLong(8, table.key0()).putLong(16, table.key1());
    service.set(48, TABLE_AT).set(52, table.owners().size()).write();
  }

  private static String client(int number) {
    return "10.2." + number + ".9:1000";
  }

  /** Address of the real server that a packet went to. */
  private String to(String client, String flags) throws KernelException {
    Kernel.Outcome outcome = kernel.run("tcp " + client + " > 10.0.0.1:80 " + flags);
    assertEquals(Set.of(ACCEPTED), outcome.verdicts(), client);
    String to = outcome.frame().split(" ")[3];
    return to.substring(0, to.indexOf(':'));
  }

  @Test
  void aConnectionInMidStreamGoesOnAtTheSameRealServer() throws Exception {
    director(ONE, ServiceCell.MIDSTREAM);
    String[] first = new String[MOST_CLIENTS];
    for (int i = 0; i < MOST_CLIENTS; i++) {
      first[i] = to(client(i), "S");
    }
    assertEquals(Set.copyOf(ONE), new HashSet<>(List.of(first)), "all of them serve");
    director(OTHER, ServiceCell.MIDSTREAM);
    for (int i = 0; i < MOST_CLIENTS; i++) {
      assertEquals(first[i], to(client(i), "A"), client(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"FA", "R", "SA"})
  void whatEndsOrAnswersBeginsNothing(String flags) throws Exception {
    director(ONE, ServiceCell.MIDSTREAM);
    kernel.run("tcp 10.2.0.9:1 > 10.0.0.1:80 " + flags).ends(DROP, UNKNOWN_CONNECTION);
    assertTrue(kernel.entry("connections", "tcp 10.2.0.9:1 > 10.0.0.1:80 A").isEmpty());
  }

  @Test
  void aDirectorThatStandsForNobodyTakesNothingInMidStream() throws Exception {
    director(ONE, 0);
    kernel.run("tcp 10.2.0.9:1 > 10.0.0.1:80 A").ends(DROP, UNKNOWN_CONNECTION);
  }
}
