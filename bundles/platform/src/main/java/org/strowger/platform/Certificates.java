package org.strowger.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.strowger.api.Fingerprint;
import org.strowger.api.Management;
import org.strowger.api.Management.Tls;
import org.strowger.api.PlatformState;
import org.strowger.api.TlsFiles;

/**
 * The certificates that management is configured with, read anew when their files change: of a
 * server's chain the one that ends first, for then nobody accepts it any more; of who is trusted
 * each, but no more than {@link PlatformState#MAX_CERTIFICATES}. A file that cannot be read is not
 * shown: who needs it says why. Used by the platform's measuring thread only.
 */
final class Certificates {
  private static final int SHA_256 = 4;

  private final Path stateFolder;
  private final Supplier<Optional<Management>> management;
  private Map<Path, Known> known = new HashMap<>();

  private record Wanted(String purpose, Path file, boolean chain) {}

  private record Known(Instant modified, List<X509Certificate> certificates) {}

  private record Placed(String name, X509Certificate certificate) {}

  /**
   * What is shown.
   *
   * @param omitted how many the files hold besides
   */
  record Shown(List<PlatformState.Certificate> certificates, int omitted) {
    static final Shown NOTHING = new Shown(List.of(), 0);
  }

  /**
   * @param stateFolder what relative names of files start from
   * @param management what is configured; empty while nobody knows
   */
  Certificates(Path stateFolder, Supplier<Optional<Management>> management) {
    this.stateFolder = stateFolder;
    this.management = management;
  }

  Shown read(Instant now) {
    List<PlatformState.Certificate> all = new ArrayList<>();
    Map<Path, Known> still = new HashMap<>();
    SortedMap<String, Wanted> wanted =
        management.get().map(Certificates::wanted).orElseGet(TreeMap::new);
    Set<String> names = new HashSet<>(wanted.keySet());
    int omitted = 0;
    for (Map.Entry<String, Wanted> each : wanted.entrySet()) {
      List<Placed> found = placed(each.getKey(), names, each.getValue(), still);
      List<Placed> shown = endingFirst(found);
      omitted += found.size() - shown.size();
      for (Placed one : shown) {
        described(one.name(), each.getValue().purpose(), one.certificate(), now)
            .ifPresent(all::add);
      }
    }
    known = still;
    return new Shown(List.copyOf(all), omitted);
  }

  /** All of a file that count, each with a name by its place in it. */
  private List<Placed> placed(
      String name, Set<String> names, Wanted wanted, Map<Path, Known> still) {
    List<X509Certificate> found = of(wanted.file(), still);
    if (wanted.chain()) {
      return found.stream()
          .min(Comparator.comparing(X509Certificate::getNotAfter))
          .map(first -> new Placed(name, first))
          .stream()
          .toList();
    }
    List<Placed> placed = new ArrayList<>();
    for (X509Certificate each : found) {
      placed.add(new Placed(placed.isEmpty() ? name : next(name, names), each));
    }
    return placed;
  }

  /** In their order in the file. Whole bundles of authorities are trusted now and then. */
  private static List<Placed> endingFirst(List<Placed> found) {
    Set<Placed> first = new HashSet<>();
    found.stream()
        .sorted(Comparator.comparing(each -> each.certificate().getNotAfter()))
        .limit(PlatformState.MAX_CERTIFICATES)
        .forEach(first::add);
    return found.stream().filter(first::contains).toList();
  }

  private static String next(String name, Set<String> taken) {
    int number = 2;
    while (!taken.add(name + "-" + number)) {
      number++;
    }
    return name + "-" + number;
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
        .ifPresent(
            file -> wanted.put("jmx-trust", new Wanted("trusted clients of jmx", file, false)));
    for (Management.SyslogTarget target : management.syslog().values()) {
      target
          .trustFile()
          .ifPresent(
              file ->
                  wanted.put(
                      "syslog-" + target.name(),
                      new Wanted("trusted syslog server " + target.name(), file, false)));
    }
    return wanted;
  }

  private static void server(Map<String, Wanted> wanted, String name, Tls tls) {
    wanted.put(name, new Wanted("server of " + name, tls.certificateFile(), true));
  }

  private List<X509Certificate> of(Path file, Map<Path, Known> still) {
    try {
      Instant modified = Files.getLastModifiedTime(stateFolder.resolve(file)).toInstant();
      Known before = known.get(file);
      Known now =
          before != null && before.modified().equals(modified)
              ? before
              : new Known(modified, TlsFiles.all(stateFolder, file));
      still.put(file, now);
      return now.certificates();
    } catch (IOException unreadable) { // jmx, metrics, snmp and syslog say so
      return List.of();
    }
  }

  private static Optional<PlatformState.Certificate> described(
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
