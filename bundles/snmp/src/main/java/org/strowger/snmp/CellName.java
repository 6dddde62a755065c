package org.strowger.snmp;

import java.io.IOException;
import java.io.OutputStream;
import org.snmp4j.asn1.BER;
import org.snmp4j.smi.OID;

/**
 * The identifier of a cell of a table, with its encoding made once: SNMP4J copies an identifier
 * when it is put into a binding, and measures it eight times before it writes it octet by octet,
 * which was half of what a walk cost. Nobody changes one of these, whatever its superclass offers.
 */
final class CellName extends OID {
  private static final long serialVersionUID = 1;
  private static final int SUBIDENTIFIER_BITS = 7;
  private static final int MORE = 0x80;

  /** The content octets, without tag and length. */
  private final byte[] octets;

  /** What the names of all cells of a column begin with. */
  static final class Column {
    private final int[] subidentifiers;
    private final byte[] octets;

    /**
     * @param name of the column; of two sub-identifiers at least
     */
    Column(OID name) {
      subidentifiers = name.getValue().clone();
      int[] after = new int[subidentifiers.length - 1];
      System.arraycopy(subidentifiers, 1, after, 0, after.length);
      after[0] += subidentifiers[0] * 40; // X.690, 8.19.4
      octets = new byte[length(after)];
      encode(after, octets, 0);
    }

    /** The cell of the row with this index. */
    CellName cell(OID index) {
      int[] row = index.getValue();
      byte[] all = new byte[octets.length + length(row)];
      System.arraycopy(octets, 0, all, 0, octets.length);
      encode(row, all, octets.length);
      return new CellName(subidentifiers, row, all);
    }
  }

  private CellName(int[] column, int[] index, byte[] octets) {
    super(column, index);
    this.octets = octets;
  }

  private static int length(int[] subidentifiers) {
    int length = 0;
    for (int each : subidentifiers) {
      length += BER.getSubIDLength(each);
    }
    return length;
  }

  private static void encode(int[] subidentifiers, byte[] into, int from) {
    int at = from;
    for (int each : subidentifiers) {
      for (int left = BER.getSubIDLength(each) - 1; left >= 0; left--) {
        int bits = (each >>> (left * SUBIDENTIFIER_BITS)) & (MORE - 1);
        into[at++] = (byte) (left > 0 ? bits | MORE : bits);
      }
    }
  }

  @Override
  public int getBERLength() {
    return octets.length + BER.getBERLengthOfLength(octets.length) + 1;
  }

  @Override
  public void encodeBER(OutputStream out) throws IOException {
    BER.encodeHeader(out, BER.OID, octets.length);
    out.write(octets);
  }

  /** Itself: it is never changed. */
  @Override
  public Object clone() {
    return this;
  }
}
