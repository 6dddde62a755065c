package org.strowger.linux;

import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.strowger.api.Bpf;
import org.strowger.api.KernelClock;
import org.strowger.api.Knocker;
import org.strowger.api.Network;
import org.strowger.api.VrrpPackets;

/**
 * The bundle as OSGi sees it: five services. What they cannot do they say when asked, so that a
 * start without the kernel plane costs nothing.
 */
@Component(
    name = "org.strowger.linux",
    immediate = true,
    service = {})
public final class LinuxComponent {
  private final ServiceRegistration<Bpf> bpf;
  private final ServiceRegistration<Network> network;
  private final ServiceRegistration<Knocker> knocker;
  private final ServiceRegistration<VrrpPackets> vrrp;
  private final ServiceRegistration<KernelClock> clock;

  @Activate
  public LinuxComponent(BundleContext context) {
    KernelBpf kernelBpf = new KernelBpf();
    KernelNetwork kernelNetwork = new KernelNetwork();
    var none = FrameworkUtil.asDictionary(java.util.Map.<String, Object>of());
    bpf = context.registerService(Bpf.class, kernelBpf, none);
    network = context.registerService(Network.class, kernelNetwork, none);
    vrrp = context.registerService(VrrpPackets.class, new KernelVrrp(), none);
    clock = context.registerService(KernelClock.class, new AdjustedClock(), none);
    knocker = context.registerService(Knocker.class, new KernelKnocker(), none);
  }

  @Deactivate
  void stop() {
    bpf.unregister();
    network.unregister();
    knocker.unregister();
    vrrp.unregister();
    clock.unregister();
  }
}
