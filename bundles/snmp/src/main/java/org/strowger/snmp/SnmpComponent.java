package org.strowger.snmp;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
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

/** The agent as an OSGi component. It goes on answering while the director is exchanged. */
@Component(
    name = "org.strowger.snmp",
    immediate = true,
    service = {})
public final class SnmpComponent {
  private final Agent agent;
  private final ServiceRegistration<?> report;

  /**
   * @param context its property {@code strowger.state} names the state folder
   */
  @Activate
  public SnmpComponent(BundleContext context) {
    String state =
        Objects.requireNonNull(
            context.getProperty("strowger.state"), "the property strowger.state is not set");
    String version = context.getBundle().getVersion().toString();
    agent = new Agent(Path.of(state), "Strowger traffic director " + version);
    Supplier<String> supplier = agent::report;
    report =
        context.registerService(
            Supplier.class,
            supplier,
            FrameworkUtil.asDictionary(Map.of(StartupReport.PROPERTY, "snmp")));
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindDirector(Director director) {
    agent.attach(director);
  }

  void unbindDirector(Director director) {
    agent.detach(director);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindPlatform(Platform platform) {
    agent.sources().platform().came(platform);
  }

  void unbindPlatform(Platform platform) {
    agent.sources().platform().went(platform);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindSync(ConnectionSync sync) {
    agent.sources().sync().came(sync);
  }

  void unbindSync(ConnectionSync sync) {
    agent.sources().sync().went(sync);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindPerformance(PerformanceMonitor monitor) {
    agent.sources().performance().came(monitor);
  }

  void unbindPerformance(PerformanceMonitor monitor) {
    agent.sources().performance().went(monitor);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindUpgrade(InServiceUpgrade upgrade) {
    agent.upgrade().came(upgrade);
  }

  void unbindUpgrade(InServiceUpgrade upgrade) {
    agent.upgrade().went(upgrade);
  }

  @Deactivate
  void stop() {
    report.unregister();
    agent.close();
  }
}
