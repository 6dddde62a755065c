package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.snmp4j.MessageDispatcherImpl;
import org.snmp4j.TransportMapping;
import org.snmp4j.TransportStateReference;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.transport.DefaultUdpTransportMapping;

class GateTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger passed = new AtomicInteger();

  /** Counts what passes; throws at a packet that begins with 1, as a decoder may. */
  private final class Counting extends MessageDispatcherImpl {
    @Override
    public <A extends Address> void processMessage(
        TransportMapping<? super A> transport,
        A source,
        ByteBuffer message,
        TransportStateReference reference) {
      passed.incrementAndGet();
      if (message.get(0) == 1) {
        throw new IllegalArgumentException("Unsupported variable syntax");
      }
    }
  }

  private void send(Gate gate, String source, int packets, byte first) throws IOException {
    try (DefaultUdpTransportMapping transport = new DefaultUdpTransportMapping()) {
      UdpAddress address = new UdpAddress(FakeWanted.address(source), 5000);
      TransportStateReference reference =
          new TransportStateReference(transport, address, null, null, null, false, null);
      for (int i = 0; i < packets; i++) {
        gate.processMessage(transport, address, ByteBuffer.wrap(new byte[] {first}), reference);
      }
    }
  }

  @Test
  void floodOfOneSourceDoesNotTakeTheTurnOfAnother() throws IOException {
    Gate gate = new Gate(new Counting(), now::get);
    send(gate, "192.0.2.1", Gate.BURST + 50_000, (byte) 0);
    assertEquals(Gate.BURST, passed.get());
    assertEquals(50_000, gate.overRate());
    send(gate, "192.0.2.2", 10, (byte) 0);
    assertEquals(Gate.BURST + 10, passed.get());
  }

  @Test
  void sourceIsAdmittedAgainAtItsRate() throws IOException {
    Gate gate = new Gate(new Counting(), now::get);
    send(gate, "192.0.2.1", Gate.BURST, (byte) 0);
    now.addAndGet(SECOND / 2);
    send(gate, "192.0.2.1", Gate.BURST, (byte) 0);
    assertEquals(Gate.BURST + Gate.RATE / 2, passed.get());
  }

  @Test
  void packetThatTheDecoderCannotStandIsCounted() throws IOException {
    Gate gate = new Gate(new Counting(), now::get);
    send(gate, "192.0.2.1", 3, (byte) 1);
    assertEquals(3, gate.undecodable());
  }

  @Test
  void rememberedSourcesAreBounded() throws IOException {
    Gate gate = new Gate(new Counting(), now::get);
    for (int i = 0; i < Gate.SOURCES + 100; i++) {
      String source = "10.0." + i / 256 + "." + i % 256;
      send(gate, source, 1, (byte) 0);
    }
    assertEquals(Gate.SOURCES, gate.sources());
  }
}
