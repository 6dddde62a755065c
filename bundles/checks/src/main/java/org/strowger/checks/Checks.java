package org.strowger.checks;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.strowger.api.CheckProvider;
import org.strowger.api.Knocker;

/** All types of this bundle. */
public final class Checks {
  private Checks() {}

  /** New providers, each with its own name; none knocks through the kernel plane's path. */
  public static List<CheckProvider> providers() {
    return providers(Optional::empty);
  }

  /**
   * New providers, each with its own name.
   *
   * @param knocker who knocks through the kernel plane's path now, if anybody can
   */
  public static List<CheckProvider> providers(Supplier<Optional<Knocker>> knocker) {
    return List.of(
        new Type("tcp", TcpCheck::new),
        new Type("forwarding", options -> new ForwardingCheck(knocker)),
        new Type("http", HttpCheck::plain),
        new Type("https", HttpCheck::secured),
        new Type("tls", TlsCheck::new),
        new Type("smtp", SmtpCheck::new),
        new Type("dns", DnsCheck::new),
        new Type("udp", UdpCheck::new),
        new Type("icmp", IcmpCheck::new),
        new Type("sendExpect", SendExpectCheck::new),
        new Type("script", ScriptCheck::new),
        new Type("file", FileCheck::new),
        new Type("agent", AgentCheck::new),
        new Type("sip", SipCheck::new),
        new Type("diameter", DiameterCheck::new));
  }
}
