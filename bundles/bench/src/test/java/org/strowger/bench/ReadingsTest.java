package org.strowger.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What others print, and what is read from it. */
class ReadingsTest {
  @Test
  void aPercentileIsALatencyThatWasMeasured() {
    Latencies hundred =
        new Latencies(LongStream.rangeClosed(1, 100).map(n -> (101 - n) * 1_000_000).toArray());
    assertEquals(50, hundred.millis(0.5));
    assertEquals(99, hundred.millis(0.99));
    assertEquals(100, hundred.millis(0.999));
    assertEquals(100, hundred.millis(1));
    assertEquals(7, hundred.millis(0.07));
    assertEquals(1, new Latencies(new long[] {1_000_000}).millis(0.001));
    assertThrows(IllegalArgumentException.class, () -> hundred.millis(0));
  }

  @Test
  void cpuTimeIsReadAlsoBehindAnOddCommandName() {
    String rest = " S 1 1 1 0 -1 4194560 10 0 0 0 150 50 20 5 20 0 9 0 100 1000 10";
    assertEquals(2.25, ProcessFigures.cpu("17 (nginx)" + rest));
    assertEquals(2.25, ProcessFigures.cpu("17 (a) b (c 1 2)" + rest));
    assertEquals(0, ProcessFigures.cpu(""));
  }

  @Test
  void cpuTimeOfThisProcessGrowsWithItsWork() {
    double before = ProcessFigures.cpuSeconds(ProcessHandle.current());
    long end = System.nanoTime() + 60_000_000_000L;
    while (ProcessFigures.cpuSeconds(ProcessHandle.current()) < before + 0.1) {
      assertTrue(System.nanoTime() < end, "a minute of work and no CPU time");
    }
  }

  @Test
  void theMachineWorksWhenItIsNotIdleAndNotWaiting() {
    assertEquals(
        1.5, ProcessFigures.machineCpuSeconds(List.of("cpu  100 0 20 9999 777 10 15 5 0 0", "x")));
  }

  @Test
  void memoryIsReadByItsName() {
    List<String> status = List.of("VmRSS:\t  5000 kB", "RssAnon:\t  1234 kB", "RssFile:\t 9 kB");
    assertEquals(1234, ProcessFigures.kib(status, "RssAnon"));
    assertEquals(0, ProcessFigures.kib(status, "Pss"));
    assertTrue(ProcessFigures.proportionalKib(ProcessHandle.current()) > 10_000);
  }

  @Test
  void theHeapInUseIsTheFirstUsed() {
    String z = " ZHeap           used 34M, capacity 64M, max capacity 512M\n Metaspace used 9K";
    assertEquals(34 * 1024, JavaHeap.usedKib(z));
    assertEquals(1500, JavaHeap.usedKib("garbage-first heap   total 65536K, used 1500K [0x0"));
    assertThrows(IllegalStateException.class, () -> JavaHeap.usedKib("no such process"));
  }

  @Test
  void pausesOfZgcAndG1AndStallsAreSeen() {
    GcLog log =
        GcLog.parse(
            List.of(
                "[1.2s][info][gc,phases] GC(0) Y: Pause Mark Start (Major)  0.012ms",
                "[1.3s][info][gc,phases] GC(0) Y: Concurrent Mark 14.250ms",
                "[1.4s][info][gc      ] GC(1) Pause Young (Normal) (G1 Evacuation) 24M->3M(64M) 3.5ms",
                "[1.5s][info][gc      ] Allocation Stall (loop-0) 7.125ms",
                "[1.6s][info][gc,start] GC(2) Pause Young (Normal)",
                "[1.7s][info][gc,stats] Phase: Pause Mark End (Major)   0.004 / 0.019       ms"));
    assertEquals(3, log.pauses().size());
    assertEquals(7.125, log.longest().millis());
    assertTrue(log.longest().line().contains("loop-0"));
    assertEquals(0, GcLog.parse(List.of()).longest().millis());
  }

  @Test
  void wrkIsReadWithItsUnitsAndItsErrors() {
    Wrk run =
        Wrk.parse(
            """
            Running 2s test @ http://10.46.2.5:80/1k
              3 threads and 64 connections
              19000 requests in 2.00s, 1.50MB read
              Socket errors: connect 1, read 20, write 300, timeout 4000
              Non-2xx or 3xx responses: 7
            Requests/sec:   9500.00
            """);
    assertEquals(9_500, run.perSecond());
    assertEquals(1.5 * 1024 * 1024, run.bytes());
    assertEquals(4_328, run.errors());
    assertEquals(0, Wrk.parse("1 requests in 1.10m, 1.00KB read").errors());
    assertThrows(IllegalStateException.class, () -> Wrk.parse("unable to connect"));
  }
}
