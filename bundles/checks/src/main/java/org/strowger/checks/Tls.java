package org.strowger.checks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How a check does TLS: the name asked for and verified, whom it trusts, and how many days before a
 * certificate ends it warns. Each look is a whole handshake, never a resumed session. How much of a
 * handshake is read is bounded by the JDK ({@code jdk.tls.maxHandshakeMessageSize}, 32 KiB).
 */
final class Tls {
  static final int DEFAULT_WARNING_DAYS = 14;

  /** Largest file of certificate authorities. */
  static final long MAX_CA_FILE = 4 << 20;

  private static final Pattern HOST_NAME =
      Pattern.compile(
          "(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?"
              + "(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*");

  /** What a file of authorities said when it had this time. */
  private static final class Trusted {
    private final FileTime modified;
    private final TrustManager[] managers;

    Trusted(FileTime modified, TrustManager[] managers) {
      this.modified = modified;
      this.managers = managers;
    }
  }

  private final Optional<String> serverName;
  private final Optional<Path> caFile;
  private final boolean verify;
  private final long warningDays;

  /** Replaced as a whole when the file has changed; a lost race loads it twice. */
  private volatile @Nullable Trusted trusted;

  private Tls(
      Optional<String> serverName, Optional<Path> caFile, boolean verify, long warningDays) {
    this.serverName = serverName;
    this.caFile = caFile;
    this.verify = verify;
    this.warningDays = warningDays;
  }

  static Tls of(Options options) {
    Tls tls =
        new Tls(
            options.text("serverName", HOST_NAME, "a host name"),
            options.file("caFile"),
            options.flag("verify", true),
            options.number("warningDays", 0, 3650, DEFAULT_WARNING_DAYS));
    if (!tls.verify && tls.caFile.isPresent()) {
      options.refuse("caFile", "no file of authorities with verify: false");
    }
    return tls;
  }

  /** Handshakes on a connected socket. */
  Secured handshake(Socket plain, InetAddress address, int port) throws IOException {
    String host = serverName.orElse(address.getHostAddress());
    SSLSocket socket =
        (SSLSocket) context().getSocketFactory().createSocket(plain, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    serverName.ifPresent(name -> parameters.setServerNames(List.of(new SNIHostName(name))));
    if (verify) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    SSLSession session = socket.getSession();
    Optional<X509Certificate> ends = endsFirst(session);
    if (verify && ends.isPresent() && end(ends.get()).isBefore(Instant.now())) {
      // The JDK does not ask how old a certificate is that is itself among the trusted ones.
      throw new Unexpected("TLS: " + expired(ends.get()));
    }
    String until = ends.map(certificate -> ", certificate until " + day(certificate)).orElse("");
    return new Secured(
        socket,
        session.getProtocol() + " " + session.getCipherSuite() + until,
        ends.flatMap(this::warning));
  }

  /** Of the certificates shown, the one that ends first. */
  private static Optional<X509Certificate> endsFirst(SSLSession session)
      throws SSLPeerUnverifiedException {
    X509Certificate first = null;
    for (Certificate shown : session.getPeerCertificates()) {
      if (shown instanceof X509Certificate one
          && (first == null || end(one).isBefore(end(first)))) {
        first = one;
      }
    }
    return Optional.ofNullable(first);
  }

  private Optional<String> warning(X509Certificate certificate) {
    Instant end = end(certificate);
    Duration left = Duration.between(Instant.now(), end);
    if (left.isNegative()) {
      return Optional.of(expired(certificate));
    }
    return left.compareTo(Duration.ofDays(warningDays)) < 0
        ? Optional.of(
            name(certificate) + " expires on " + day(certificate) + ", in " + left.toDays() + " d")
        : Optional.empty();
  }

  private static String expired(X509Certificate certificate) {
    return name(certificate) + " has expired on " + day(certificate);
  }

  private static String name(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    return "certificate " + subject.substring(0, Math.min(80, subject.length()));
  }

  private static Instant end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }

  private static LocalDate day(X509Certificate certificate) {
    return LocalDate.ofInstant(end(certificate), ZoneOffset.UTC);
  }

  private SSLContext context() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, verify ? trusted() : new TrustManager[] {new TrustAll()}, null);
      return context;
    } catch (GeneralSecurityException thrown) {
      throw new IllegalStateException("TLS cannot be set up: " + thrown.getMessage(), thrown);
    }
  }

  private TrustManager @Nullable [] trusted() throws GeneralSecurityException {
    if (caFile.isEmpty()) {
      return null; // the authorities of the JDK
    }
    Path file = caFile.get();
    try {
      FileTime modified = Files.getLastModifiedTime(file);
      Trusted present = trusted;
      if (present == null || !present.modified.equals(modified)) {
        present = new Trusted(modified, load(file));
        trusted = present;
      }
      return present.managers;
    } catch (IOException thrown) {
      throw new IllegalStateException("caFile " + file + " cannot be read: " + thrown, thrown);
    }
  }

  private static TrustManager[] load(Path file) throws IOException, GeneralSecurityException {
    if (Files.size(file) > MAX_CA_FILE) {
      throw new IOException("larger than " + MAX_CA_FILE + " bytes");
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (all.isEmpty()) {
        throw new IOException("no certificate in PEM or DER form in it");
      }
      for (Certificate authority : all) {
        store.setCertificateEntry("authority-" + store.size(), authority);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
