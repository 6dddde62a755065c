package org.strowger.snmp;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.snmp4j.CommandResponderEvent;
import org.snmp4j.ScopedPDU;
import org.snmp4j.agent.mo.snmp.CoexistenceInfo;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.TransportIpAddress;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;

/**
 * Who sends a request, and the moment it is answered for: rights and values are both read from that
 * one, whatever changes meanwhile. SNMP4J-Agent hands it from step to step.
 */
final class Caller extends CoexistenceInfo {
  private static final long serialVersionUID = 1;

  private final transient Moment moment;
  private final transient Access access;
  private final int securityModel;
  private final int securityLevel;
  private final Address peer;

  /**
   * @param name his security name
   */
  Caller(CommandResponderEvent<?> event, OctetString name, ScopedPDU request, Moment moment) {
    super(name, request.getContextEngineID(), request.getContextName());
    this.moment = moment;
    this.access = new Access(moment::agent);
    this.securityModel = event.getSecurityModel();
    this.securityLevel = event.getSecurityLevel();
    this.peer = event.getPeerAddress();
  }

  Moment moment() {
    return moment;
  }

  String user() {
    return new String(getSecurityName().getValue(), StandardCharsets.UTF_8);
  }

  Address peer() {
    return peer;
  }

  Origin origin() {
    return new Origin(OriginKind.SNMP, user(), source(peer));
  }

  /** The view for requests of this type, or null if he has none. */
  @Nullable OctetString view(int viewType) {
    return access.getViewName(
        getContextName(), getSecurityName(), securityModel, securityLevel, viewType);
  }

  /** Address and port. */
  static String source(Address peer) {
    return peer instanceof TransportIpAddress ip
        ? ip.getInetAddress().getHostAddress() + ":" + ip.getPort()
        : peer.toString();
  }
}
