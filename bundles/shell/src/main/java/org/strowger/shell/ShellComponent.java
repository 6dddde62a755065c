package org.strowger.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.BundleInventory;
import org.strowger.api.ConfigurationFiles;
import org.strowger.api.ConnectionSync;
import org.strowger.api.Director;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.Knocker;
import org.strowger.api.PerformanceMonitor;
import org.strowger.api.Platform;
import org.strowger.api.StartupReport;

/** The bundle as OSGi sees it. */
@Component(
    name = "org.strowger.shell",
    immediate = true,
    service = {})
public final class ShellComponent {
  private static final Logger LOG = LoggerFactory.getLogger(ShellComponent.class);

  private final Awaited<Director> director = new Awaited<>("the director");
  private final Awaited<ConfigurationFiles> files = new Awaited<>("the reader of files");
  private final Awaited<BundleInventory> inventory = new Awaited<>("the inventory of bundles");
  private final Awaited<Knocker> knocker =
      new Awaited<>("who knocks at real servers (bundle linux)");
  private final Awaited<Platform> platform = new Awaited<>("the look at the machine");
  private final Awaited<PerformanceMonitor> performance =
      new Awaited<>("the measuring of performance");
  private final Awaited<InServiceUpgrade> upgrade = new Awaited<>("the in-service upgrade");
  private final Awaited<ConnectionSync> sync =
      new Awaited<>("the telling of connections (bundle sync)");
  private final Awaited<CommandProcessor> gogo = new Awaited<>("the command processor");
  private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
  private final BundleContext context;
  private final SocketFile file;
  private final @Nullable ShellServer server;
  private volatile boolean stopped;

  @Activate
  public ShellComponent(BundleContext context) {
    this.context = context;
    String state = context.getProperty("strowger.state");
    if (state == null) {
      throw new IllegalStateException("the framework property strowger.state is not set");
    }
    file = new SocketFile(Path.of(state));
    Commands commands =
        new Commands(
            director, files, inventory, new Sources(platform, performance, knocker, upgrade, sync));
    for (Command command : commands.all()) {
      Map<String, Object> properties =
          Map.of("osgi.command.scope", "strowger", "osgi.command.function", command.word());
      register(Function.class, new GogoCommand(command), properties);
    }
    String status;
    ShellServer opened = null;
    try {
      opened = new ShellServer(file.open(), new Dispatcher(commands, gogo));
      opened.start();
      status = "shell on " + file.path();
    } catch (IOException e) {
      LOG.error("the shell does not listen", e);
      status = StartupReport.FAILED + "shell: " + e.getMessage();
    }
    server = opened;
    String said = status;
    Supplier<String> report = () -> said;
    register(Supplier.class, report, Map.of(StartupReport.PROPERTY, "shell"));
  }

  private <S> void register(Class<S> type, S service, Map<String, Object> properties) {
    registrations.add(
        context.registerService(type, service, FrameworkUtil.asDictionary(properties)));
  }

  /**
   * Sessions under way go on with the services they have. The socket's file stays for the next
   * version, so that a client knows to wait; it goes when the whole framework stops.
   */
  @Deactivate
  void stop() {
    stopped = true;
    registrations.forEach(ServiceRegistration::unregister);
    if (server == null) {
      return;
    }
    server.stop();
    Bundle framework = context.getBundle(0);
    if (framework.getState() == Bundle.STOPPING) {
      try {
        file.delete();
      } catch (IOException e) {
        LOG.atWarn().addKeyValue("file", file.path()).setCause(e).log("cannot be removed");
      }
    }
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindDirector(Director service) {
    director.came(service);
  }

  void unbindDirector(Director service) {
    went(director, service);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindFiles(ConfigurationFiles service) {
    files.came(service);
  }

  void unbindFiles(ConfigurationFiles service) {
    went(files, service);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindInventory(BundleInventory service) {
    inventory.came(service);
  }

  void unbindInventory(BundleInventory service) {
    went(inventory, service);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindUpgrade(InServiceUpgrade service) {
    upgrade.came(service);
  }

  void unbindUpgrade(InServiceUpgrade service) {
    went(upgrade, service);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindGogo(CommandProcessor service) {
    gogo.came(service);
  }

  void unbindGogo(CommandProcessor service) {
    went(gogo, service);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindKnocker(Knocker service) {
    knocker.came(service);
  }

  void unbindKnocker(Knocker service) {
    went(knocker, service);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindPlatform(Platform service) {
    platform.came(service);
  }

  void unbindPlatform(Platform service) {
    went(platform, service);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindPerformance(PerformanceMonitor service) {
    performance.came(service);
  }

  void unbindPerformance(PerformanceMonitor service) {
    went(performance, service);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindSync(ConnectionSync service) {
    sync.came(service);
  }

  void unbindSync(ConnectionSync service) {
    went(sync, service);
  }

  private <T> void went(Awaited<T> awaited, T service) {
    if (!stopped) {
      awaited.went(service);
    }
  }
}
