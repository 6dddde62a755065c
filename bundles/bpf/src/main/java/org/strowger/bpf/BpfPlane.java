package org.strowger.bpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AdminState;
import org.strowger.api.Bpf;
import org.strowger.api.Connection;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.ForwardedService;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.ForwardingPlane;
import org.strowger.api.ForwardingTable;
import org.strowger.api.KernelException;
import org.strowger.api.KernelSettings;
import org.strowger.api.Loads;
import org.strowger.api.Network;
import org.strowger.api.PlaneEvent;
import org.strowger.api.PlaneListener;
import org.strowger.api.PlaneState;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;

/**
 * The forwarding plane in the kernel. It touches the kernel when the first service is wanted of it,
 * or when an earlier process left something there.
 *
 * <p>Threads: {@code apply} on the director's, the rest on any.
 */
final class BpfPlane implements ForwardingPlane, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BpfPlane.class);

  private static final Set<ForwardingMethod> METHODS =
      EnumSet.of(
          ForwardingMethod.MASQUERADING,
          ForwardingMethod.DIRECT,
          ForwardingMethod.TUNNEL_IPIP,
          ForwardingMethod.TUNNEL_GUE,
          ForwardingMethod.FULLNAT,
          ForwardingMethod.LOCAL);

  private static final String NAME = "bpf";
  private static final String ADDRESSES = "dataInterface";
  private static final String PLACES = "kernelInterfaces";

  /** JDK types in the JVM's own map: they outlive this bundle, and hold no class of it. */
  private static final String MEMORY = "strowger.bpf.memory";

  private final PinsOpener opener;
  private final Bpf bpf;
  private final Network network;
  private final Set<RealServerId> noWay = new HashSet<>();
  private final AtomicBoolean networkChanged = new AtomicBoolean();
  private volatile PlaneListener listener = event -> {};
  private volatile @Nullable Engine engine;
  private final WantedAddresses addresses;
  private final Exchange exchange = new Exchange(NAME, () -> engine);
  private final Drains drains = new Drains(memory());
  private List<ForwardedService> wanted = List.of();
  private KernelSettings kernel = KernelSettings.NONE;
  private Set<InetAddress> floating = Set.of();
  private boolean addressesMissing;
  private List<String> placesMissing = List.of();
  private boolean newListener;

  /** Opens what is in the kernel. */
  interface PinsOpener {
    Pins open() throws IOException;

    /** Whether an earlier process left something there. */
    boolean left();
  }

  BpfPlane(PinsOpener opener, Bpf bpf, Network network) {
    this.opener = opener;
    this.bpf = bpf;
    this.network = network;
    addresses = new WantedAddresses(network);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<ForwardingMethod> methods() {
    return METHODS;
  }

  /** What other directors are told, and tell. */
  Exchange exchange() {
    return exchange;
  }

  /** Ways may have changed: they are asked for anew before long. */
  void networkChanged() {
    networkChanged.set(true);
  }

  // --- tables

  @Override
  public synchronized void apply(ForwardingTable table, PlaneListener told) {
    boolean news = !told.equals(listener);
    listener = told;
    wanted = table.services();
    kernel = table.kernel();
    floating = table.floating();
    if (news) {
      newListener = true;
      noWay.clear();
    }
    try {
      apply();
      cut();
    } catch (IOException e) {
      LOG.atError().setCause(e).log("the table was not taken");
      String why = "the kernel plane failed: " + e.getMessage();
      wanted.forEach(each -> told.on(new PlaneEvent.ListenFailed(each.service().name(), why)));
    }
  }

  private void apply() throws IOException {
    Engine present = engine;
    if (present == null) {
      if (wanted.isEmpty() && !opener.left()) {
        return;
      }
      present =
          new Engine(opener.open(), bpf, network, System::nanoTime, this::afterSweep, this::fails);
    }
    boolean first = engine == null;
    putAddresses();
    var paths = Paths.look(network);
    Map<String, String> refused =
        present.table().apply(wanted, kernel.sourceAddresses(), floating, paths);
    List<String> wrong = new ArrayList<>();
    if (!wanted.isEmpty()) {
      wrong.addAll(present.attach(kernel));
    }
    measure(present, wrong);
    places(wrong);
    engine = present;
    if (first) {
      present.start();
      exchange.opened();
    }
    for (ForwardedService each : wanted) {
      String service = each.service().name();
      String why = refused.get(service);
      listener.on(
          why == null
              ? new PlaneEvent.Listening(service)
              : new PlaneEvent.ListenFailed(service, why));
      each.realServers().forEach(real -> way(real, paths.apply(real.address())));
    }
  }

  /** Without figures everything else goes on. */
  private void measure(Engine present, List<String> wrong) {
    try {
      present.measure(kernel.programStatistics());
    } catch (KernelException e) {
      wrong.add("director.programStatistics: " + e.getMessage());
    }
  }

  /** What is not where it should be is an alarm, until it is. */
  private void places(List<String> wrong) {
    boolean told = !newListener || wrong.isEmpty();
    newListener = false;
    if (told && wrong.equals(placesMissing)) {
      return;
    }
    placesMissing = List.copyOf(wrong);
    wrong.forEach(each -> LOG.atWarn().log("{}", each));
    listener.on(
        wrong.isEmpty()
            ? new PlaneEvent.ResourceEased(PLACES)
            : new PlaneEvent.ResourceShort(PLACES, String.join("; ", wrong)));
  }

  private void putAddresses() throws KernelException {
    Optional<String> wrong = addresses.apply(kernel, floating, wanted);
    if (wrong.isPresent()) {
      addressesMissing = true;
      listener.on(new PlaneEvent.ResourceShort(ADDRESSES, wrong.get()));
    } else if (addressesMissing) {
      addressesMissing = false;
      listener.on(new PlaneEvent.ResourceEased(ADDRESSES));
    }
  }

  private void way(RealServer real, Paths.Path path) {
    switch (path) {
      case Paths.Path.None none -> {
        if (noWay.add(real.id())) {
          String why = "no way to " + real.address().getHostAddress() + ": " + none.why();
          listener.on(new PlaneEvent.RealServerUnreachable(real.id(), why));
        }
      }
      case Paths.Path.Way _ -> {
        if (noWay.remove(real.id())) {
          listener.on(new PlaneEvent.RealServerReachable(real.id()));
        }
      }
    }
  }

  /** Out of service means out: what is still live is reset. */
  private void cut() throws KernelException {
    Engine present = engine;
    if (present == null) {
      return;
    }
    for (ForwardedService each : wanted) {
      String service = each.service().name();
      BoundService bound = present.table().services().get(service);
      ConnectionFilter of = ConnectionFilter.ALL.withService(service);
      if (bound == null) {
        continue;
      }
      for (BoundReal real : bound.reals()) {
        boolean out =
            each.service().adminState() == AdminState.OUT_OF_SERVICE || isOut(each, real.id());
        if (out && present.loads().held(real.index()) > 0) {
          present.connections().cut(of.withReal(real.id()));
        }
      }
    }
  }

  private static boolean isOut(ForwardedService service, RealServerId id) {
    return service.realServers().stream()
        .anyMatch(real -> real.id().equals(id) && real.adminState() == AdminState.OUT_OF_SERVICE);
  }

  private java.time.Duration afterSweep() throws IOException {
    Engine present = engine;
    if (present != null) {
      synchronized (this) {
        if (wanted.isEmpty() && present.sweep().entries() == 0) {
          present.detach();
        } else if (networkChanged.getAndSet(false)) {
          apply();
        }
        cutDrained(present);
      }
    }
    return java.time.Duration.ZERO;
  }

  private void cutDrained(Engine present) throws KernelException {
    for (ConnectionFilter each :
        drains.due(wanted, present.table(), present.loads(), System.nanoTime())) {
      int count = present.connections().cut(each);
      if (count > 0) {
        LOG.atInfo()
            .addKeyValue("service", each.service().orElse(""))
            .addKeyValue("real", each.real().map(RealServerId::toString).orElse(""))
            .log("drain deadline: {} connections cut", count);
      }
    }
  }

  private void fails(String resource, String why) {
    listener.on(
        why.isEmpty()
            ? new PlaneEvent.ResourceEased(resource)
            : new PlaneEvent.ResourceShort(resource, why));
  }

  // --- being asked

  /** What is asked of the open kernel. */
  private interface Question<T> {
    T of(Engine engine) throws KernelException;
  }

  private <T> T ask(Question<T> question, T otherwise) {
    Engine present = engine;
    try {
      return present == null ? otherwise : question.of(present);
    } catch (KernelException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public PlaneReport report() {
    PlaneState nothing = new PlaneState(name(), "tc", 0, 0, 0, 0, 0, 0);
    return ask(
        open -> open.counts().report(name(), open.transport(), open.programs()),
        new PlaneReport(nothing, Map.of(), Map.of()));
  }

  @Override
  public List<Connection> connections(ConnectionFilter filter, int limit) {
    return ask(open -> open.connections().list(filter, limit), List.of());
  }

  @Override
  public int disconnect(ConnectionFilter filter) {
    return ask(open -> open.connections().cut(filter), 0);
  }

  @Override
  public List<Talker> top(TalkerKind kind, ConnectionFilter filter, int limit) {
    return ask(open -> open.connections().top(kind, filter, limit), List.of());
  }

  @Override
  public Loads loads(String service) {
    return ask(
        open -> {
          BoundService bound = open.table().services().get(service);
          return bound == null ? Loads.NONE : open.loads().of(bound.reals());
        },
        Loads.NONE);
  }

  @Override
  @SuppressWarnings("unchecked") // this class alone puts it there
  public ConcurrentMap<String, Object> memory() {
    Properties jvm = System.getProperties();
    return (ConcurrentMap<String, Object>)
        jvm.computeIfAbsent(MEMORY, name -> new ConcurrentHashMap<String, Object>());
  }

  /** Leaves the kernel to go on by itself. */
  @Override
  public void close() {
    Engine present;
    synchronized (this) {
      present = engine;
      engine = null;
    }
    if (present != null) {
      present.close();
    }
  }
}
