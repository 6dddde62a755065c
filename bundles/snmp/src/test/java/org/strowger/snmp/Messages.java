package org.strowger.snmp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.asn1.BEROutputStream;
import org.snmp4j.mp.MPv3;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.VariableBinding;

/** Messages as octets, for those that no tool sends. */
final class Messages {
  private static final int SEQUENCE = 0x30;
  private static final int TRANSPORT_SECURITY_MODEL = 4;

  private Messages() {}

  /** A GET at the Transport Security Model, authPriv, without any transport's security. */
  static byte[] ofTransportSecurity(String oid) throws IOException {
    ScopedPDU pdu = new ScopedPDU();
    pdu.setType(PDU.GET);
    pdu.setContextEngineID(MPv3.LOCAL_ENGINE_ID);
    pdu.add(new VariableBinding(new OID(oid.substring(1))));
    BEROutputStream encoded = new BEROutputStream(ByteBuffer.allocate(pdu.getBERLength()));
    pdu.encodeBER(encoded);
    byte[] header =
        sequence(
            new byte[] {2, 1, 1},
            new byte[] {2, 3, 0, (byte) 0xFF, (byte) 0xE3},
            new byte[] {4, 1, 7},
            new byte[] {2, 1, TRANSPORT_SECURITY_MODEL});
    return sequence(new byte[] {2, 1, 3}, header, new byte[] {4, 0}, encoded.getBuffer().array());
  }

  /** A sequence of at most 127 octets. */
  private static byte[] sequence(byte[]... parts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.write(part);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(SEQUENCE);
    whole.write(all.size());
    whole.write(all.toByteArray());
    return whole.toByteArray();
  }
}
