package org.strowger.linux;

import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
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
import org.strowger.api.KernelException;

/** Where the process was started by a supervisor that wants to hear of it, it is told. */
@Component(
    name = "org.strowger.linux.notifier",
    immediate = true,
    service = {})
public final class NotifierComponent {
  private static final Logger LOG = LoggerFactory.getLogger(NotifierComponent.class);

  private final BundleContext context;
  private final @Nullable NotifySocket socket;
  private final @Nullable ServiceNotifier notifier;

  @Activate
  public NotifierComponent(BundleContext context) {
    this.context = context;
    NotifySocket opened = null;
    String path = System.getenv().getOrDefault("NOTIFY_SOCKET", "");
    if (!path.isEmpty()) {
      try {
        opened = new NotifySocket(path);
      } catch (KernelException refused) {
        LOG.warn("the supervisor is told nothing: {}", refused.getMessage());
      }
    }
    socket = opened;
    if (opened == null) {
      notifier = null;
      return;
    }
    long pid = ProcessHandle.current().pid();
    notifier =
        new ServiceNotifier(
            opened::send, ServiceNotifier.watchdogMicros(System.getenv(), pid), System::nanoTime);
    notifier.start();
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindDirector(Director director) {
    if (notifier != null) {
      notifier.directorCame(director);
    }
  }

  void unbindDirector(Director director) {
    if (notifier != null) {
      notifier.directorLeft(director);
    }
  }

  @Deactivate
  void stop() {
    if (notifier == null || socket == null) {
      return;
    }
    Bundle framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
    if (framework != null && framework.getState() == Bundle.STOPPING) {
      notifier.ending();
    } else {
      notifier.leaving();
    }
    socket.close();
  }
}
