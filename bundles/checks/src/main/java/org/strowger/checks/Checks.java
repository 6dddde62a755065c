package org.strowger.checks;

import java.util.List;
import org.strowger.api.CheckProvider;

/** All types of this bundle. */
public final class Checks {
  private Checks() {}

  /** New providers, each with its own name. */
  public static List<CheckProvider> providers() {
    return List.of(
        new Type("tcp", TcpCheck::new),
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
