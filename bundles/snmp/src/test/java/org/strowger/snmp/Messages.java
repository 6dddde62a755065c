package org.strowger.snmp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
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

  /**
   * What has broken decoders of others: lengths that lie, end never or overflow, depth, nothing.
   */
  static List<byte[]> odd() throws IOException {
    List<byte[]> all = new ArrayList<>();
    all.add(ofTransportSecurity(".1.3.6.1.2.1.1.5.0"));
    for (String hex :
        List.of(
            "", // nothing at all
            "30", // a type without a length
            "3080020103", // indefinite length
            "3084ffffffff020103", // four octets of length, all ones
            "3085010000000002", // five octets of length
            "30847fffffff020103300f", // two gigabytes
            "3000", // an empty sequence
            "30030201", // an integer that is cut
            "300702058000000000", // an integer of five octets
            "0201033030303030", // no sequence
            "30820100" + "3082".repeat(60), // depth without end
            "3009020101040141a0020500", // version 1
            "300a020101040141a10005000500", // version 2c
            "3011020103300c0201000202000004010302010330", // a maximum size of 0
            // An object identifier whose last sub-identifier has no end.
            "303e020103301002047fffffff020300ffe30401040201030410300e0400020100020100040004000400"
                + "301504000400a00f02010002010002010030040602ffff0500")) {
      all.add(HexFormat.of().parseHex(hex));
    }
    return all;
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
