package org.strowger.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.strowger.api.Fingerprint;
import org.strowger.api.Management;
import org.strowger.api.Management.Tls;
import org.strowger.api.PlatformState;
import org.strowger.api.TlsFiles;

/**
 * The certificates that management is configured with, read anew when their files change. One that
 * cannot be read is not shown: who needs it says why. Used by the platform's measuring thread only.
 */
final class Certificates {
  private static final int SHA_256 = 4;

  private final Path stateFolder;
  private final Supplier<Optional<Management>> management;
  private Map<Path, Known> known = new HashMap<>();

  private record Wanted(String purpose, Path file) {}

  private record Known(Instant modified, X509Certificate certificate) {}

  /**
   * @param stateFolder what relative names of files start from
   * @param management what is configured; empty while nobody knows
   */
  Certificates(Path stateFolder, Supplier<Optional<Management>> management) {
    this.stateFolder = stateFolder;
    this.management = management;
  }

  List<PlatformState.Certificate> read(Instant now) {
    List<PlatformState.Certificate> all = new ArrayList<>();
    Map<Path, Known> still = new HashMap<>();
    management
        .get()
        .ifPresent(
            configured ->
                wanted(configured)
                    .forEach(
                        (name, each) ->
                            of(each.file(), still)
                                .flatMap(found -> shown(name, each.purpose(), found, now))
                                .ifPresent(all::add)));
    known = still;
    return all;
  }

  private static SortedMap<String, Wanted> wanted(Management management) {
    SortedMap<String, Wanted> wanted = new TreeMap<>();
    management.jmx().flatMap(Management.Jmx::tls).ifPresent(t -> server(wanted, "jmx", t));
    management
        .metrics()
        .flatMap(Management.Metrics::tls)
        .ifPresent(t -> server(wanted, "metrics", t));
    management
        .snmp()
        .flatMap(Management.Snmp::tls)
        .ifPresent(t -> server(wanted, "snmp", t.files()));
    management
        .jmx()
        .flatMap(Management.Jmx::clientTrustFile)
        .ifPresent(file -> wanted.put("jmx-trust", new Wanted("trusted clients of jmx", file)));
    for (Management.SyslogTarget target : management.syslog().values()) {
      target
          .trustFile()
          .ifPresent(
              file ->
                  wanted.put(
                      "syslog-" + target.name(),
                      new Wanted("trusted syslog server " + target.name(), file)));
    }
    return wanted;
  }

  private static void server(Map<String, Wanted> wanted, String name, Tls tls) {
    wanted.put(name, new Wanted("server of " + name, tls.certificateFile()));
  }

  private Optional<X509Certificate> of(Path file, Map<Path, Known> still) {
    try {
      Instant modified = Files.getLastModifiedTime(stateFolder.resolve(file)).toInstant();
      Known before = known.get(file);
      Known now =
          before != null && before.modified().equals(modified)
              ? before
              : new Known(modified, TlsFiles.certificate(stateFolder, file));
      still.put(file, now);
      return Optional.of(now.certificate());
    } catch (IOException unreadable) { // jmx, metrics, snmp and syslog say so
      return Optional.empty();
    }
  }

  private static Optional<PlatformState.Certificate> shown(
      String name, String purpose, X509Certificate certificate, Instant now) {
    Instant notAfter = certificate.getNotAfter().toInstant();
    try {
      return Optional.of(
          new PlatformState.Certificate(
              name,
              purpose,
              certificate.getSubjectX500Principal().getName(),
              certificate.getIssuerX500Principal().getName(),
              certificate.getSerialNumber().toString(16),
              certificate.getNotBefore().toInstant(),
              notAfter,
              Math.floorDiv(Duration.between(now, notAfter).toSeconds(), 86_400L),
              Fingerprint.of(certificate, SHA_256).text()));
    } catch (CertificateEncodingException e) {
      return Optional.empty(); // read from its encoding, it has one
    }
  }
}
