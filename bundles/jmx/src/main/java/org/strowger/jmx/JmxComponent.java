package org.strowger.jmx;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import javax.management.MBeanServer;
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
import org.strowger.api.ConnectionSync;
import org.strowger.api.Director;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.PerformanceMonitor;
import org.strowger.api.Platform;
import org.strowger.api.StartupReport;

/** The bundle as OSGi sees it: an agent for as long as the bundle is active. */
@Component(
    name = "org.strowger.jmx",
    immediate = true,
    service = {})
public final class JmxComponent {
  private final JmxAgent agent;
  private final ServiceRegistration<?> report;

  @Activate
  public JmxComponent(BundleContext context) {
    String state = context.getProperty("strowger.state");
    if (state == null) {
      throw new IllegalStateException("the framework property strowger.state is not set");
    }
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    agent = new JmxAgent(beans, new Access(beans, Path.of(state)));
    agent.start();
    Supplier<String> status = agent::status;
    report =
        context.registerService(
            Supplier.class,
            status,
            FrameworkUtil.asDictionary(Map.of(StartupReport.PROPERTY, "jmx")));
  }

  @Deactivate
  void stop() {
    report.unregister();
    agent.stop();
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindDirector(Director director) {
    agent.directorCame(director);
  }

  void unbindDirector(Director director) {
    agent.directorWent(director);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindPlatform(Platform platform) {
    agent.platform().came(platform);
  }

  void unbindPlatform(Platform platform) {
    agent.platform().went(platform);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindSync(ConnectionSync sync) {
    agent.sync().came(sync);
  }

  void unbindSync(ConnectionSync sync) {
    agent.sync().went(sync);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindPerformance(PerformanceMonitor monitor) {
    agent.performance().came(monitor);
  }

  void unbindPerformance(PerformanceMonitor monitor) {
    agent.performance().went(monitor);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindUpgrade(InServiceUpgrade upgrade) {
    agent.upgradeCame(upgrade);
  }

  void unbindUpgrade(InServiceUpgrade upgrade) {
    agent.upgradeWent(upgrade);
  }
}
