package org.strowger.configfile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
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
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Director;
import org.strowger.api.RevisionStore;
import org.strowger.api.StartupReport;

/** Watches the operator's file and hands it to whichever director is there. */
@Component(
    name = "org.strowger.configfile.operatorsfile",
    immediate = true,
    service = {})
public final class OperatorsFileComponent {
  /** The net below the watch: file systems without one, folders that come later, links. */
  private static final int POLL_SECONDS = 5;

  private static final Logger LOG = LoggerFactory.getLogger(OperatorsFileComponent.class);

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("configfile").factory());
  private final @Nullable OperatorsFile operatorsFile;
  private final @Nullable FolderWatch watch;
  private final ServiceRegistration<?> startup;
  private @Nullable Director director;

  /** Called by the service component runtime. */
  @Activate
  public OperatorsFileComponent(BundleContext context, @Reference RevisionStore revisions) {
    String path = context.getProperty("strowger.config");
    OperatorsFile watched = null;
    if (path != null && !path.isBlank()) {
      boolean fallback = Boolean.parseBoolean(context.getProperty("strowger.config.fallback"));
      String state = context.getProperty("strowger.state");
      YamlFiles files =
          state == null
              ? new YamlFiles()
              : new YamlFiles(
                  Migrating.ofThisProcess(context.getProperty(Migrating.COMMITTED), state));
      watched =
          new OperatorsFile(Path.of(path).toAbsolutePath(), files, revisions, fallback, executor);
    }
    this.operatorsFile = watched;
    this.watch = watched == null ? null : watch(Path.of(path), watched);
    if (watched != null) {
      // Ends with the executor; what it throws is handled within.
      ScheduledFuture<?> _ =
          executor.scheduleWithFixedDelay(
              watched::changed, POLL_SECONDS, POLL_SECONDS, TimeUnit.SECONDS);
    }
    Supplier<String> report =
        watched == null ? () -> "no configuration file is named" : watched::report;
    this.startup =
        context.registerService(
            Supplier.class,
            report,
            FrameworkUtil.asDictionary(Map.of(StartupReport.PROPERTY, "configfile")));
  }

  private static @Nullable FolderWatch watch(Path file, OperatorsFile watched) {
    try {
      return new FolderWatch(file.toAbsolutePath(), watched::changed);
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .log("no watch of the folder ({}); looking every {} s", e.toString(), POLL_SECONDS);
      return null;
    }
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  synchronized void bindDirector(Director present) {
    director = present;
    if (operatorsFile != null) {
      operatorsFile.use(present);
    }
  }

  /** The unbind of the old director may come after the bind of the new one. */
  synchronized void unbindDirector(Director gone) {
    if (gone.equals(director)) {
      director = null;
      if (operatorsFile != null) {
        operatorsFile.use(null);
      }
    }
  }

  @Deactivate
  void stop() {
    startup.unregister();
    executor.shutdownNow();
    if (watch != null) {
      try {
        watch.close();
      } catch (IOException e) {
        LOG.atWarn().setCause(e).log("watch of the configuration file not closed");
      }
    }
  }
}
