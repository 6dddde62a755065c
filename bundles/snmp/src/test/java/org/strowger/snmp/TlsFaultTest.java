package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.EOFException;
import java.net.SocketException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.strowger.snmp.TlsConnection.Fault;

/** Whose fault it is that a handshake came to nothing. */
class TlsFaultTest {
  private static Fault fault(String text, Throwable cause) {
    SSLException failure = new SSLHandshakeException(text);
    failure.initCause(cause);
    return TlsConnection.fault(failure, text);
  }

  @Test
  void anAlertSpeaksOfOurCertificateAndNotOfTheClients() {
    String refused = "(bad_certificate) Received fatal alert: bad_certificate";
    assertEquals(Fault.WITHDRAWN, fault(refused, null));
  }

  @Test
  void aPortProbeIsNobodysFault() {
    String went = "Remote host terminated the handshake";
    assertEquals(Fault.WITHDRAWN, fault(went, new EOFException()));
    assertEquals(Fault.WITHDRAWN, fault(went, new SocketException("Connection reset")));
  }

  @Test
  void aWrongCertificateIsTheClients() {
    String stranger = "no client has this certificate";
    assertEquals(Fault.CERTIFICATE, fault(stranger, new CertificateException(stranger)));
    assertEquals(Fault.CERTIFICATE, fault("Empty client certificate chain", null));
    assertEquals(Fault.CONDUCT, fault("The client supported protocol versions ...", null));
  }
}
