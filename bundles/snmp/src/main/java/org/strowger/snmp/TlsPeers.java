package org.strowger.snmp;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.strowger.api.Fingerprint;

/**
 * With whom there may be a TLS session, whoever opens it: whose own certificate is one of those
 * configured, and valid today. Nothing else is asked of it, so that no authority of anybody can let
 * a stranger in; RFC 6353 (5.3.2) has the same for a fingerprint that is that of the end entity. In
 * the place of SNMP4J's security callback, whose fingerprints lack the octet of the hash. Any
 * thread.
 */
final class TlsPeers extends X509ExtendedTrustManager {
  private static final X509Certificate[] NOBODY = {};

  private final InstantSource clock;
  private volatile Map<String, Fingerprint> peers = Map.of();

  TlsPeers(InstantSource clock) {
    this.clock = clock;
  }

  void configure(Map<String, Fingerprint> wanted) {
    peers = Map.copyOf(wanted);
  }

  /** The name of the one whose certificate it is; empty if nobody's, or if it is not valid now. */
  Optional<String> of(X509Certificate certificate) {
    try {
      certificate.checkValidity(now());
    } catch (CertificateException notNow) {
      return Optional.empty();
    }
    return peers.entrySet().stream()
        .filter(peer -> peer.getValue().matches(certificate))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private Date now() {
    return Date.from(clock.instant());
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    chain[0].checkValidity(now());
    if (of(chain[0]).isEmpty()) {
      throw new CertificateException("nobody who is configured has this certificate");
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
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  /** Not told: whose certificates are right is nobody's business. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NOBODY;
  }
}
