package org.strowger.snmp;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.strowger.api.Management.SnmpCommunity;

/** Who may read by version 2c, and what he must say. */
record Community(SnmpCommunity configured, String secret) {
  /** Whether it is this one that is said, and from where it may be. */
  boolean admits(byte[] said, InetAddress from) {
    boolean right = MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), said);
    return right && configured.sources().stream().anyMatch(prefix -> prefix.contains(from));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "Community[" + configured.name() + "]";
  }
}
