package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmCondition;
import org.strowger.api.BundleInventory;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.BundleView;
import org.strowger.api.ConnectionSync;
import org.strowger.api.Director;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.KernelClock;
import org.strowger.api.KernelException;
import org.strowger.api.Origin;
import org.strowger.api.Subscription;
import org.strowger.api.SyncState;
import org.strowger.api.TimeSyncState;

/** The bundles as a service; the work of replacing them is the keeper's. */
@Component(name = "org.strowger.upgrade", service = BundleInventory.class, immediate = true)
public final class UpgradeComponent implements BundleInventory {
  private static final Logger LOG = LoggerFactory.getLogger(UpgradeComponent.class);

  /** Framework property by which the launcher says what it found altered or unsigned. */
  private static final String INTEGRITY = "strowger.integrity";

  private final BundleContext context;
  private final KeeperBundle keeper;
  private final DropInFolder dropIns;
  private final UpgradeDoor door;
  private final ServiceRegistration<?> evidence;
  private final ServiceRegistration<?> upgrade;
  private final ServiceRegistration<?> hands;
  private final AtomicReference<@Nullable Director> director = new AtomicReference<>();
  private final AtomicReference<@Nullable KernelClock> clock = new AtomicReference<>();
  private final AtomicReference<@Nullable ConnectionSync> sync = new AtomicReference<>();

  /** What was told last, and whom; the folder's thread. */
  private List<AlarmCondition> told = List.of();

  private @Nullable Director toldTo;
  private final FailedBundles failed;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("upgrade-watch").factory());

  /** A replacement may take long: the failures are not to wait for it. */
  private final ScheduledExecutorService folderExecutor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("upgrade-dropin").factory());

  /** Called by the service component runtime. */
  @Activate
  public UpgradeComponent(BundleContext context, @Reference ServiceComponentRuntime components)
      throws IOException, BundleException {
    String state = context.getProperty("strowger.state");
    if (state == null) {
      throw new IllegalStateException("the framework property strowger.state is not set");
    }
    this.context = context;
    this.keeper = new KeeperBundle(context);
    keeper.ensure();
    this.failed = new FailedBundles(context, executor);
    Path folder = Path.of(state, "dropin").toAbsolutePath();
    this.dropIns = new DropInFolder(folder, context, keeper::ask);
    String integrity = context.getProperty(INTEGRITY);
    this.door = new UpgradeDoor(keeper::order, keeper::ask, integrity == null ? "" : integrity);
    Supplier<Map<String, String>> supplier = new EvidenceOf(director::get, new AgentProbe());
    this.evidence =
        context.registerService(
            Supplier.class, supplier, FrameworkUtil.asDictionary(Map.of(Gate.EVIDENCE, "true")));
    this.upgrade = context.registerService(InServiceUpgrade.class, door, null);
    this.hands =
        context.registerService(
            Function.class,
            new Hands(
                components, context::getBundle, director::get, this::syncState, this::clockFollows),
            FrameworkUtil.asDictionary(Map.of(Hands.PROPERTY, "true")));
    ScheduledFuture<?> _ =
        folderExecutor.scheduleWithFixedDelay(this::everySecond, 0, 1, TimeUnit.SECONDS);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindDirector(Director present) {
    director.set(present);
  }

  void unbindDirector(Director gone) {
    director.compareAndSet(gone, null); // a replacement is bound before the old one is unbound
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindSync(ConnectionSync present) {
    sync.set(present);
  }

  void unbindSync(ConnectionSync gone) {
    sync.compareAndSet(gone, null);
  }

  private SyncState syncState() {
    ConnectionSync present = sync.get();
    return present == null ? SyncState.NONE : present.state();
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindClock(KernelClock present) {
    clock.set(present);
  }

  void unbindClock(KernelClock gone) {
    clock.compareAndSet(gone, null);
  }

  /** Whether the machine's clock follows the time; where nobody can tell, it does not. */
  private boolean clockFollows() {
    KernelClock present = clock.get();
    if (present == null) {
      return false;
    }
    try {
      TimeSyncState state = present.timeSync().syncState();
      return state == TimeSyncState.SYNCED || state == TimeSyncState.HOLDOVER;
    } catch (KernelException e) {
      LOG.atDebug().setCause(e).log("the kernel does not say how its clock stands");
      return false;
    }
  }

  /** Tells the director, when it or they changed, what it is to alarm. */
  private void tellConditions() {
    Director present = director.get();
    if (present == null) {
      return;
    }
    List<AlarmCondition> conditions = door.conditions();
    if (!(conditions.equals(told) && present.equals(toldTo))) {
      present.report("upgrade", conditions);
      told = conditions;
      toldTo = present;
    }
  }

  private void everySecond() {
    try {
      keeper.ensure();
      tellConditions();
      dropIns.look();
    } catch (IOException | BundleException | RuntimeException e) {
      LOG.atError().setCause(e).log("drop-in folder not looked at");
    }
  }

  @Deactivate
  void stop() {
    keeper.close();
    upgrade.unregister();
    evidence.unregister();
    hands.unregister();
    failed.close();
    executor.shutdownNow();
    folderExecutor.shutdownNow();
  }

  @Override
  public List<BundleView> bundles() {
    return Arrays.stream(context.getBundles())
        .map(UpgradeComponent::view)
        .sorted(Comparator.comparing(BundleView::name).thenComparingLong(BundleView::bundleId))
        .toList();
  }

  private static BundleView view(Bundle bundle) {
    BundleLifecycle state =
        switch (bundle.getState()) {
          case Bundle.UNINSTALLED -> BundleLifecycle.UNINSTALLED;
          case Bundle.RESOLVED -> BundleLifecycle.RESOLVED;
          case Bundle.STARTING -> BundleLifecycle.STARTING;
          case Bundle.ACTIVE -> BundleLifecycle.ACTIVE;
          case Bundle.STOPPING -> BundleLifecycle.STOPPING;
          default -> BundleLifecycle.INSTALLED;
        };
    return new BundleView(
        bundle.getBundleId(),
        FailedBundles.name(bundle),
        bundle.getVersion().toString(),
        state,
        level(bundle, state),
        Instant.ofEpochMilli(bundle.getLastModified()));
  }

  /** Of a bundle that goes in just this moment there is none. */
  private static int level(Bundle bundle, BundleLifecycle state) {
    try {
      return state == BundleLifecycle.UNINSTALLED ? 0 : Exchange.level(bundle);
    } catch (IllegalStateException uninstalledMeanwhile) {
      return 0;
    }
  }

  @Override
  public Subscription onFailures(Consumer<List<Failure>> listener) {
    return failed.listen(listener);
  }

  @Override
  public Updated update(Path file, Origin origin) {
    Map<String, String> answer =
        keeper.order(
            Map.of(
                Keeper.WORD,
                Keeper.UPDATE,
                Keeper.FILE,
                file.toAbsolutePath().toString(),
                Keeper.ORIGIN,
                origin.kind().word(),
                Keeper.USER,
                origin.user(),
                Keeper.SOURCE,
                origin.source()));
    String refused = answer.get(Keeper.REFUSED);
    return refused != null
        ? new Updated.Refused(refused)
        : new Updated.Done(
            answer.getOrDefault(Keeper.BUNDLE, ""),
            answer.getOrDefault(Keeper.FROM, ""),
            answer.getOrDefault(Keeper.TO, ""),
            answer.getOrDefault(Keeper.HOW, ""));
  }
}
