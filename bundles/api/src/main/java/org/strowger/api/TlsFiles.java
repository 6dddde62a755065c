package org.strowger.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Management.Tls;

/** Reads certificate and key as every other server does: two PEM files. Any thread. */
public final class TlsFiles {
  private static final long MAX_BYTES = 1 << 20;
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  private TlsFiles() {}

  /**
   * What a server speaks TLS with.
   *
   * @param state folder that relative files are in
   * @param clientTrustFile PEM file of certificates of which a client's must be one, or be signed
   *     by one; empty if clients need none
   * @throws IOException with one sentence that names the file
   */
  public static SSLContext context(Path state, Tls tls, Optional<Path> clientTrustFile)
      throws IOException {
    TrustManager @Nullable [] trust = null;
    if (clientTrustFile.isPresent()) {
      Path file = state.resolve(clientTrustFile.get());
      try {
        trust = trust(file);
      } catch (GeneralSecurityException e) {
        throw new IOException(file + " holds no certificates: " + e.getMessage(), e);
      }
    }
    return context(state, tls, trust);
  }

  /**
   * What a server speaks TLS with, and who of its clients is trusted.
   *
   * @param trust decides about the certificates of clients; null if they need none
   * @throws IOException with one sentence that names the file
   */
  public static SSLContext context(Path state, Tls tls, TrustManager @Nullable [] trust)
      throws IOException {
    Path chainFile = state.resolve(tls.certificateFile());
    Path keyFile = state.resolve(tls.keyFile());
    try {
      List<? extends Certificate> chain = certificates(chainFile);
      PrivateKey key = key(keyFile, chain.getFirst().getPublicKey().getAlgorithm());
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      char[] none = new char[0];
      store.setKeyEntry("server", key, none, chain.toArray(Certificate[]::new));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, none);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "%s and %s make no certificate and key: %s".formatted(chainFile, keyFile, e.getMessage()),
          e);
    }
  }

  /**
   * The certificates of a file in their order: a server's chain, or all that are trusted.
   *
   * @throws IOException with one sentence that names the file
   */
  public static List<X509Certificate> all(Path state, Path certificateFile) throws IOException {
    Path file = state.resolve(certificateFile);
    try {
      return certificates(file).stream().map(X509Certificate.class::cast).toList();
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " holds no certificate: " + e.getMessage(), e);
    }
  }

  private static List<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    List<? extends Certificate> chain =
        List.copyOf(
            CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(read(file))));
    if (chain.isEmpty()) {
      throw new IOException(file + " holds no certificate");
    }
    return chain;
  }

  private static TrustManager[] trust(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (Certificate each : certificates(file)) {
      store.setCertificateEntry("trusted-" + number++, each);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  private static PrivateKey key(Path file, String algorithm)
      throws IOException, GeneralSecurityException {
    Matcher pem = KEY.matcher(new String(read(file), StandardCharsets.US_ASCII));
    if (!pem.find()) {
      throw new IOException(file + " holds no PRIVATE KEY (PKCS #8, without a passphrase)");
    }
    byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  private static byte[] read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("there is no file " + file);
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is longer than " + MAX_BYTES + " bytes");
    }
    return Files.readAllBytes(file);
  }
}
