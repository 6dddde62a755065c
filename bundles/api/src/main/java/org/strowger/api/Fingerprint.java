package org.strowger.api;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a certificate is known by, as SnmpTLSFingerprint of RFC 6353: an octet that names the hash
 * (TLS HashAlgorithm: 4 SHA-256, 5 SHA-384, 6 SHA-512), then the hash of the whole certificate. MD5
 * and SHA-1, which that registry has too, are not accepted: two certificates of one hash can be
 * made. Immutable.
 *
 * @param text two hexadecimal digits an octet, lower case, with colons between
 */
public record Fingerprint(String text) {
  /** What a text must look like, whatever its case. */
  public static final String PATTERN = "^0[456](:?[0-9A-Fa-f]{2})+$";

  private record Hash(String name, int octets) {}

  private static final Map<Integer, Hash> HASHES =
      Map.of(4, new Hash("SHA-256", 32), 5, new Hash("SHA-384", 48), 6, new Hash("SHA-512", 64));

  /** Reads it with or without colons; empty if it is none, or of another length than its hash. */
  public static Optional<Fingerprint> parse(String text) {
    if (!text.matches(PATTERN)) {
      return Optional.empty();
    }
    byte[] octets = HexFormat.of().parseHex(text.replace(":", ""));
    Hash hash = HASHES.get((int) octets[0]);
    return hash != null && octets.length == hash.octets() + 1
        ? Optional.of(of(octets))
        : Optional.empty();
  }

  private static Fingerprint of(byte[] octets) {
    return new Fingerprint(HexFormat.ofDelimiter(":").formatHex(octets).toLowerCase(Locale.ROOT));
  }

  /**
   * That of a certificate.
   *
   * @param hash 4, 5 or 6
   * @throws IllegalArgumentException if it is another number
   * @throws CertificateEncodingException if the certificate has no encoding
   */
  public static Fingerprint of(Certificate certificate, int hash)
      throws CertificateEncodingException {
    Hash known = HASHES.get(hash);
    if (known == null) {
      throw new IllegalArgumentException("hash " + hash + ", expected 4, 5 or 6");
    }
    byte[] octets = new byte[known.octets() + 1];
    octets[0] = (byte) hash;
    try {
      byte[] digest = MessageDigest.getInstance(known.name()).digest(certificate.getEncoded());
      System.arraycopy(digest, 0, octets, 1, digest.length);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + known.name(), e);
    }
    return of(octets);
  }

  /** The octets of the protocol. */
  public byte[] octets() {
    return HexFormat.ofDelimiter(":").parseHex(text);
  }

  /** Whether it is that of this certificate; never of one that has no encoding. */
  public boolean matches(Certificate certificate) {
    try {
      return MessageDigest.isEqual(octets(), of(certificate, octets()[0]).octets());
    } catch (CertificateEncodingException notEncodable) {
      return false;
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
