package org.strowger.snmp;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snmp4j.agent.security.VACM;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityModel;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.strowger.api.Management.SnmpTlsClient;
import org.strowger.api.Role;

/**
 * Who may see and write what (RFC 3415): the role of a user is his group, {@link View} holds the
 * views. It has no tables that could be changed, so that no look-up needs a lock and no SET can
 * widen a view; {@link AccessObjects} shows the same as tables. Any thread.
 */
final class Access implements VACM {
  private final Supplier<AgentState> state;

  Access(Supplier<AgentState> state) {
    this.state = state;
  }

  @Override
  public boolean hasContext(OctetString contextName) {
    return contextName.length() == 0;
  }

  @Override
  public @Nullable OctetString getViewName(
      OctetString context, OctetString securityName, int model, int level, int viewType) {
    Role role = role(model, new String(securityName.getValue(), StandardCharsets.UTF_8));
    boolean open = model == SecurityModel.SECURITY_MODEL_SNMPv2c;
    if (role == null || (level != SecurityLevel.AUTH_PRIV && !open) || !hasContext(context)) {
      return null;
    }
    View view = viewType == VIEW_WRITE ? View.writing(role) : View.reading(role);
    return view == View.NONE ? null : view.octets();
  }

  /** The group of the one with this name; a name means one person by each of the models. */
  private @Nullable Role role(int model, String name) {
    AgentState now = state.get();
    if (model == SecurityModel.SECURITY_MODEL_USM) {
      Credentials user = now.users().get(name);
      return user == null ? null : user.user().role();
    }
    if (model == SecurityModel.SECURITY_MODEL_SNMPv2c) {
      return now.communities().containsKey(name) ? Role.VIEWER : null;
    }
    SnmpTlsClient client =
        model == SecurityModel.SECURITY_MODEL_TSM ? now.tlsClients().get(name) : null;
    return client == null ? null : client.role();
  }

  @Override
  public int isAccessAllowed(OctetString viewName, OID oid) {
    View view = View.of(viewName);
    if (view == null) {
      return VACM_NO_SUCH_VIEW;
    }
    return view.allows(oid) ? VACM_OK : VACM_NOT_IN_VIEW;
  }

  // RFC 3415 names what an access depends on; the interface is the library's.
  @Override
  public int isAccessAllowed(
      OctetString context, OctetString securityName, int model, int level, int viewType, OID oid) {
    if (!hasContext(context)) {
      return VACM_NO_SUCH_CONTEXT;
    }
    OctetString view = getViewName(context, securityName, model, level, viewType);
    return view == null ? VACM_NO_ACCESS_ENTRY : isAccessAllowed(view, oid);
  }
}
