package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.snmp4j.CertifiedTarget;
import org.snmp4j.MessageDispatcherImpl;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.Snmp;
import org.snmp4j.event.ResponseEvent;
import org.snmp4j.mp.CounterSupport;
import org.snmp4j.mp.MPv3;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityModel;
import org.snmp4j.security.SecurityModels;
import org.snmp4j.security.SecurityProtocols;
import org.snmp4j.security.SecurityProtocols.SecurityProtocolSet;
import org.snmp4j.security.TSM;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.TlsAddress;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.snmp4j.transport.TLSTM;
import org.snmp4j.transport.tls.TlsTmSecurityCallback;

/** A manager on SNMP4J's own TLSTM and TSM, and the certificates of everybody. */
final class TlsStation implements AutoCloseable {
  static final String SECRET = "changeit";

  private final Snmp session;
  private final CertifiedTarget<TlsAddress> target;

  private TlsStation(Snmp session, CertifiedTarget<TlsAddress> target) {
    this.session = session;
    this.target = target;
  }

  /** Makes NAME.crt, NAME.key and NAME.p12: a certificate signed by itself. */
  static void certificate(Path folder, String name) {
    run(
        folder,
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN="
            + name
            + " -addext subjectAltName=IP:127.0.0.1,DNS:localhost -keyout "
            + name
            + ".key -out "
            + name
            + ".crt");
    run(
        folder,
        "openssl pkcs12 -export -passout pass:%s -name %s -in %s.crt -inkey %s.key -out %s.p12"
            .formatted(SECRET, name, name, name, name));
  }

  private static void run(Path folder, String words) {
    String at = "cd '" + folder + "' && " + words;
    Tools.Output output = Tools.run(Map.of(), List.of("sh", "-c", at));
    assertEquals(0, output.code(), output.text());
  }

  /**
   * One who shows the certificate of {@code name} and trusts that of {@code agent}.
   *
   * @param folder what {@link #certificate} made them in
   */
  static TlsStation as(String name, Path folder, String agent, int port) throws IOException {
    Snmp session = session(name, folder, agent, 0, false);
    session.listen();
    CertifiedTarget<TlsAddress> target =
        new CertifiedTarget<>(
            new TlsAddress(Rig.LOOPBACK, port),
            new OctetString(name),
            new OctetString(),
            new OctetString());
    target.setVersion(SnmpConstants.version3);
    target.setSecurityModel(SecurityModel.SECURITY_MODEL_TSM);
    target.setSecurityLevel(SecurityLevel.AUTH_PRIV);
    target.setTimeout(10_000);
    target.setRetries(0);
    return new TlsStation(session, target);
  }

  /** SNMP4J over TLS only, not listening yet. */
  static Snmp session(String name, Path folder, String agent, int port, boolean server)
      throws IOException {
    OctetString engine = new OctetString("manager " + name);
    CounterSupport counters = new CounterSupport();
    SecurityProtocols algorithms = new SecurityProtocols(SecurityProtocolSet.defaultSecurity);
    TSM tsm = new TSM(engine, false, counters);
    MessageDispatcherImpl dispatcher = new MessageDispatcherImpl();
    dispatcher.addMessageProcessingModel(
        new MPv3(
            engine.getValue(),
            null,
            algorithms,
            SecurityModels.getCollection(new SecurityModel[] {tsm}),
            counters));
    TLSTM transport =
        new TLSTM(
            new Trusting(name),
            new TlsAddress(InetAddress.getLoopbackAddress(), port),
            counters,
            server);
    transport.setProtocolVersions(new String[] {"TLSv1.3"});
    transport.setKeyStore(folder.resolve(name + ".p12").toString());
    transport.setKeyStorePassword(SECRET);
    transport.setLocalCertificateAlias(name);
    Path trust = folder.resolve("trust-" + agent + ".p12");
    trust(trust, folder.resolve(agent + ".crt"));
    transport.setTrustStore(trust.toString());
    transport.setTrustStorePassword(SECRET);
    Snmp session = new Snmp(dispatcher);
    session.addTransportMapping(transport);
    return session;
  }

  private static void trust(Path store, Path certificate) throws IOException {
    try (InputStream in = Files.newInputStream(certificate);
        OutputStream out = Files.newOutputStream(store)) {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "a", CertificateFactory.getInstance("X.509").generateCertificate(in));
      trusted.store(out, SECRET.toCharArray());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** Trusts what its store of trusted certificates has made good. */
  private record Trusting(String name) implements TlsTmSecurityCallback<X509Certificate> {
    @Override
    public OctetString getSecurityName(X509Certificate[] chain) {
      return new OctetString(name);
    }

    @Override
    public boolean isClientCertificateAccepted(X509Certificate certificate) {
      return false;
    }

    @Override
    public boolean isServerCertificateAccepted(X509Certificate[] chain) {
      return true;
    }

    @Override
    public boolean isAcceptedIssuer(X509Certificate issuer) {
      return true;
    }

    @Override
    public String getLocalCertificateAlias(Address target) {
      return name;
    }
  }

  PDU get(String oid) throws IOException {
    return ask(PDU.GET, new VariableBinding(new OID(oid.substring(1))));
  }

  PDU set(String oid, Variable value) throws IOException {
    return ask(PDU.SET, new VariableBinding(new OID(oid.substring(1)), value));
  }

  PDU bulk(String oid, int repetitions) throws IOException {
    ScopedPDU pdu = new ScopedPDU();
    pdu.setType(PDU.GETBULK);
    pdu.setMaxRepetitions(repetitions);
    pdu.add(new VariableBinding(new OID(oid.substring(1))));
    return answer(pdu);
  }

  private PDU ask(int type, VariableBinding binding) throws IOException {
    ScopedPDU pdu = new ScopedPDU();
    pdu.setType(type);
    pdu.add(binding);
    return answer(pdu);
  }

  private PDU answer(ScopedPDU pdu) throws IOException {
    ResponseEvent<TlsAddress> event = session.send(pdu, target);
    return Objects.requireNonNull(event.getResponse(), () -> "no answer: " + event.getError());
  }

  @Override
  public void close() throws IOException {
    session.close();
  }
}
