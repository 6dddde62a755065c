package org.strowger.syslog;

import java.nio.file.Path;
import java.util.Objects;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.strowger.api.Director;
import org.strowger.api.Syslog;

/** Syslog as an OSGi component. It keeps its connections while the director is exchanged. */
@Component(
    name = "org.strowger.syslog",
    immediate = true,
    service = {})
public final class SyslogComponent {
  private final SyslogAgent agent;
  private final ServiceRegistration<Syslog> service;

  /**
   * @param context its property {@code strowger.state} names the state folder
   */
  @Activate
  public SyslogComponent(BundleContext context) {
    String state =
        Objects.requireNonNull(
            context.getProperty("strowger.state"), "the property strowger.state is not set");
    agent = new SyslogAgent(Path.of(state));
    service = context.registerService(Syslog.class, agent, null);
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

  @Deactivate
  void stop() {
    service.unregister();
    agent.close();
  }
}
