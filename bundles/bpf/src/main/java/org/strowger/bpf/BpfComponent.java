package org.strowger.bpf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Bpf;
import org.strowger.api.BpfHook;
import org.strowger.api.BpfSource;
import org.strowger.api.ConnectionExchange;
import org.strowger.api.ForwardingPlane;
import org.strowger.api.Network;
import org.strowger.api.StartupReport;
import org.strowger.api.Subscription;

/**
 * Offers the plane as long as the kernel can be reached, and says why not otherwise: the director
 * then has no forwarder for the kernel's methods.
 */
@Component(
    service = {},
    immediate = true)
public final class BpfComponent {
  private static final Logger LOG = LoggerFactory.getLogger(BpfComponent.class);
  private static final String OBJECT = "director.bpf.o";
  private static final String XDP_OBJECT = "director.xdp.o";

  /** Folder of the BPF file system that keeps what is pinned. */
  private static final String ROOT = "strowger.bpf.folder";

  private static final String DEFAULT_ROOT = "/run/strowger/bpf";

  private final BundleContext context;
  private final ServiceRegistration<?> startup;
  private @Nullable Bpf bpf;
  private @Nullable Network network;
  private @Nullable BpfPlane plane;
  private @Nullable ServiceRegistration<ForwardingPlane> offered;
  private @Nullable ServiceRegistration<ConnectionExchange> exchanged;
  private @Nullable Subscription watch;
  private volatile String state = "kernel plane: the bundle linux is not started";

  @Activate
  public BpfComponent(BundleContext context) {
    this.context = context;
    Supplier<String> report = () -> state;
    startup =
        context.registerService(
            Supplier.class,
            report,
            FrameworkUtil.asDictionary(Map.of(StartupReport.PROPERTY, "bpf")));
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  synchronized void setBpf(Bpf present) {
    bpf = present;
    change();
  }

  synchronized void unsetBpf(Bpf gone) {
    if (gone.equals(bpf)) {
      withdraw();
      bpf = null;
    }
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  synchronized void setNetwork(Network present) {
    network = present;
    change();
  }

  synchronized void unsetNetwork(Network gone) {
    if (gone.equals(network)) {
      withdraw();
      network = null;
    }
  }

  private void change() {
    Bpf kernel = bpf;
    Network ways = network;
    withdraw();
    if (kernel == null || ways == null) {
      return;
    }
    try {
      Optional<ByteBuffer> object = object(OBJECT);
      Optional<String> why =
          object.isEmpty()
              ? Optional.of("its programs were not built, for want of clang")
              : kernel.unavailable(BpfHook.TC_INGRESS);
      if (why.isPresent()) {
        say("kernel plane not available: " + why.get());
        return;
      }
      offer(kernel, ways, object.orElseThrow());
      say("kernel plane ready");
    } catch (IOException e) {
      LOG.atError().setCause(e).log("the kernel plane cannot be offered");
      say("kernel plane not available: " + e.getMessage());
    }
  }

  private void say(String text) {
    state = text;
    LOG.atInfo().log("{}", text);
  }

  private void offer(Bpf kernel, Network ways, ByteBuffer object) throws IOException {
    String folder = context.getProperty(ROOT);
    Path root = Path.of(folder == null ? DEFAULT_ROOT : folder);
    String namespace = ways.namespace();
    BpfSource source = BpfSource.of("director", object);
    Optional<BpfSource> xdp = object(XDP_OBJECT).map(octets -> BpfSource.of("xdp", octets));
    BpfPlane made =
        new BpfPlane(
            new BpfPlane.PinsOpener() {
              @Override
              public Pins open() throws IOException {
                return Pins.open(kernel, root, namespace, source, xdp);
              }

              @Override
              public boolean left() {
                return Files.isDirectory(Pins.folder(root, namespace));
              }
            },
            kernel,
            ways);
    plane = made;
    watch = ways.watch(event -> made.networkChanged());
    offered =
        context.registerService(
            ForwardingPlane.class, made, FrameworkUtil.asDictionary(Map.<String, Object>of()));
    exchanged =
        context.registerService(
            ConnectionExchange.class,
            made.exchange(),
            FrameworkUtil.asDictionary(Map.<String, Object>of()));
  }

  private static Optional<ByteBuffer> object(String name) throws IOException {
    try (InputStream in = BpfComponent.class.getResourceAsStream("/" + name)) {
      return in == null ? Optional.empty() : Optional.of(ByteBuffer.wrap(in.readAllBytes()));
    }
  }

  private void withdraw() {
    if (exchanged != null) {
      exchanged.unregister();
      exchanged = null;
    }
    if (offered != null) {
      offered.unregister();
      offered = null;
    }
    if (watch != null) {
      watch.close();
      watch = null;
    }
    if (plane != null) {
      plane.close();
      plane = null;
    }
  }

  @Deactivate
  public synchronized void stop() {
    startup.unregister();
    withdraw();
  }
}
