package org.strowger.bpf;

import org.strowger.api.ConnectionLog;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.Timeouts;
import org.strowger.api.VirtualService;

/** Virtual services that differ from another in one thing. */
final class Services {
  private Services() {}

  static VirtualService forwarded(VirtualService of, ForwardingMethod method) {
    return with(of, method, of.timeouts());
  }

  static VirtualService with(VirtualService of, ForwardingMethod method, Timeouts timeouts) {
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
        timeouts,
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

  static VirtualService logged(VirtualService of, ConnectionLog log) {
    return new VirtualService(
        of.name(),
        of.address(),
        of.port(),
        of.protocol(),
        of.scheduler(),
        of.schedulerOptions(),
        of.pool(),
        of.backupPool(),
        of.forwarding(),
        of.onePacket(),
        of.timeouts(),
        of.connectTries(),
        of.queue(),
        of.limits(),
        of.persistence(),
        of.access(),
        of.proxyProtocol(),
        of.transparentSource(),
        log,
        of.adminState());
  }
}
