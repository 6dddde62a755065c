package org.strowger.upgrade;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knocks at an SNMP agent as a manager does that does not know it yet: with the discovery of RFC
 * 3414, section 4, which needs no user. Any answer is one.
 */
final class AgentProbe {
  static final int TIMEOUT_MILLIS = 700;
  private static final int TRIES = 2;
  private static final Logger LOG = LoggerFactory.getLogger(AgentProbe.class);

  /** SNMPv3, reportable, USM with an empty engine id, a get request without a variable. */
  private static final byte[] DISCOVERY =
      HexFormat.of()
          .parseHex(
              "303a"
                  + "020103"
                  + "300f"
                  + "02025374"
                  + "020300ffe3"
                  + "040104"
                  + "020103"
                  + "0410"
                  + "300e"
                  + "0400"
                  + "020100"
                  + "020100"
                  + "0400"
                  + "0400"
                  + "0400"
                  + "3012"
                  + "0400"
                  + "0400"
                  + "a00c"
                  + "02025375"
                  + "020100"
                  + "020100"
                  + "3000");

  boolean answers(InetAddress address, int port) {
    InetAddress target = address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(target, port);
      for (int i = 0; i < TRIES; i++) {
        socket.send(new DatagramPacket(DISCOVERY, DISCOVERY.length));
        if (answered(socket)) {
          return true;
        }
      }
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("the SNMP agent was not asked");
    }
    return false;
  }

  private static boolean answered(DatagramSocket socket) throws IOException {
    try {
      socket.receive(new DatagramPacket(new byte[1500], 1500));
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    }
  }
}
