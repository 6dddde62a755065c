package org.strowger.snmp;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.strowger.api.Management.SnmpTlsClient;

/**
 * Who may open a TLS session: whose own certificate is one of those configured, and valid today.
 * Nothing else is asked of it, so that no authority of anybody can let a stranger in; RFC 6353
 * (5.3.2) has the same for a fingerprint that is that of the end entity. In the place of SNMP4J's
 * security callback, whose fingerprints lack the octet of the hash. Any thread.
 */
final class TlsClients extends X509ExtendedTrustManager {
  private static final X509Certificate[] NOBODY = {};

  private volatile Map<String, SnmpTlsClient> clients = Map.of();

  void configure(Map<String, SnmpTlsClient> wanted) {
    clients = Map.copyOf(wanted);
  }

  /** The one whose certificate it is; empty if nobody's, or if it is not valid now. */
  Optional<SnmpTlsClient> of(X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateException notNow) {
      return Optional.empty();
    }
    return clients.values().stream()
        .filter(client -> client.fingerprint().matches(certificate))
        .findFirst();
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    chain[0].checkValidity();
    if (of(chain[0]).isEmpty()) {
      throw new CertificateException("no client has this certificate");
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("the agent opens no sessions");
  }

  /** Not told: whose certificates are right is nobody's business. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NOBODY;
  }
}
