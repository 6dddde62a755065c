package org.strowger.bpf;

import org.strowger.api.ForwardingMethod;
import org.strowger.api.VirtualService;

/** Virtual services of a bench. */
final class KernelBenchServices {
  private KernelBenchServices() {}

  static VirtualService forwarded(VirtualService of, ForwardingMethod method) {
    return new VirtualService(
        of.name(),
        of.address(),
        of.port(),
        of.protocol(),
        of.scheduler(),
        of.schedulerOptions(),
        of.pool(),
        of.backupPool(),
        method,
        of.onePacket(),
        of.timeouts(),
        of.connectTries(),
        of.queue(),
        of.limits(),
        of.persistence(),
        of.access(),
        of.proxyProtocol(),
        of.transparentSource(),
        of.connectionLog(),
        of.adminState());
  }
}
