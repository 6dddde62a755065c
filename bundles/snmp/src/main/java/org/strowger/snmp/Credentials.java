package org.strowger.snmp;

import org.snmp4j.security.AuthHMAC192SHA256;
import org.snmp4j.security.AuthHMAC256SHA384;
import org.snmp4j.security.AuthHMAC384SHA512;
import org.snmp4j.security.PrivAES128;
import org.snmp4j.security.PrivAES192;
import org.snmp4j.security.PrivAES256;
import org.snmp4j.security.SecurityProtocols;
import org.snmp4j.security.UsmUser;
import org.snmp4j.security.UsmUserEntry;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.strowger.api.Management.SnmpUser;

/** A user whose passphrases are known. */
record Credentials(SnmpUser user, String authPassphrase, String privPassphrase) {
  OID authProtocol() {
    return switch (user.auth()) {
      case SHA256 -> AuthHMAC192SHA256.ID;
      case SHA384 -> AuthHMAC256SHA384.ID;
      case SHA512 -> AuthHMAC384SHA512.ID;
    };
  }

  OID privProtocol() {
    return switch (user.priv()) {
      case AES128 -> PrivAES128.ID;
      case AES192 -> PrivAES192.ID;
      case AES256 -> PrivAES256.ID;
    };
  }

  OctetString securityName() {
    return new OctetString(user.name());
  }

  /**
   * The user as SNMP4J knows one; its keys are made from the passphrases for each engine that
   * something is sent to, never for one that something came from.
   */
  UsmUser sender() {
    return new UsmUser(
        securityName(),
        authProtocol(),
        new OctetString(authPassphrase),
        privProtocol(),
        new OctetString(privPassphrase),
        null,
        UsmUser.LocalizationGrant.outgoing);
  }

  /** The user at one engine only: what claims to be for another is not even looked at. */
  UsmUserEntry receiver(SecurityProtocols protocols, OctetString engineId) {
    OctetString auth = new OctetString(authPassphrase);
    OctetString priv = new OctetString(privPassphrase);
    byte[] engine = engineId.getValue();
    return new UsmUserEntry(
        engine,
        securityName(),
        authProtocol(),
        protocols.passwordToKey(authProtocol(), auth, engine),
        privProtocol(),
        protocols.passwordToKey(privProtocol(), authProtocol(), priv, engine));
  }

  /** Without the passphrases. */
  @Override
  public String toString() {
    return "Credentials[" + user.name() + "]";
  }
}
