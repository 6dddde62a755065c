package org.strowger.api;

import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * This process and the machine under it at one moment. What the machine does not tell is empty, 0
 * or absent, never guessed. Immutable.
 *
 * @param taken when it was read
 * @param capabilities what this process may do here, in a fixed order
 * @param devices by growing index
 * @param storage memory first, then file systems by their place in the table of mounts
 * @param cores by growing index
 * @param timeSync how the clock stands to the time
 * @param certificates of management, by name; of a file at most {@value #MAX_CERTIFICATES}
 * @param certificatesOmitted how many those files hold besides
 * @param syslog the syslog servers, by name
 * @param protocols counters and settings of the kernel's protocols under the names it gives them,
 *     {@code Ip.InReceives}, {@code Tcp.CurrEstab}, {@code Ip6.InReceives}: /proc/net/snmp, snmp6
 */
public record PlatformState(
    Instant taken,
    Identity identity,
    Usage usage,
    List<Capability> capabilities,
    List<NetworkDeviceState> devices,
    List<NetworkAddress> addresses,
    List<Storage> storage,
    List<Core> cores,
    TimeSync timeSync,
    List<Certificate> certificates,
    int certificatesOmitted,
    List<Syslog.Server> syslog,
    SortedMap<String, Long> protocols) {

  /** Most network devices that are shown. */
  public static final int MAX_DEVICES = 1_024;

  /** Most file systems that are shown. */
  public static final int MAX_FILE_SYSTEMS = 64;

  /** Most addresses that are shown. */
  public static final int MAX_ADDRESSES = 4_096;

  /** Most certificates of one file that are shown: those that end first. */
  public static final int MAX_CERTIFICATES = 16;

  public PlatformState {
    capabilities = List.copyOf(capabilities);
    devices = List.copyOf(devices);
    addresses = List.copyOf(addresses);
    storage = List.copyOf(storage);
    cores = List.copyOf(cores);
    certificates = List.copyOf(certificates);
    syslog = List.copyOf(syslog);
  }

  /**
   * What it is.
   *
   * @param release of this software
   * @param serialNumber of the chassis; empty where only root may read it
   * @param uuid of the machine; empty likewise
   */
  public record Identity(
      String release,
      String hostName,
      String operatingSystem,
      String kernel,
      String architecture,
      String processor,
      String vendor,
      String product,
      String serialNumber,
      String uuid,
      String javaVersion) {}

  /**
   * What it uses.
   *
   * @param started when this process started
   * @param bootTime when the machine did
   * @param startCount starts of the process with this state folder
   * @param heapMax bytes the heap may grow to
   * @param gcCount collections
   * @param gcMillis time they took; what ran beside the program included
   * @param processCpuMillis processor time of this process
   * @param processLoad of all processors by this process over the last {@value #LOAD_SECONDS} s, in
   *     hundredths of a percent
   * @param machineLoad the same of everybody
   * @param residentBytes memory of this process that is in place
   * @param loadAverage1 runnable threads of the machine, mean over 1, 5, 15 minutes, in hundredths
   */
  public record Usage(
      Instant started,
      Instant bootTime,
      long startCount,
      long heapUsed,
      long heapCommitted,
      long heapMax,
      long nonHeapUsed,
      long gcCount,
      long gcMillis,
      long threads,
      long threadsPeak,
      long openFiles,
      long maxFiles,
      long processCpuMillis,
      long processLoad,
      long machineLoad,
      long residentBytes,
      long memoryTotal,
      long memoryAvailable,
      long loadAverage1,
      long loadAverage5,
      long loadAverage15) {
    /** What loads are means of, in seconds. */
    public static final int LOAD_SECONDS = 5;
  }

  /**
   * Something that this process may do on this machine, or not.
   *
   * @param name as in {@code netAdmin}
   * @param detail what for or, where it is not available, what to do about it
   */
  public record Capability(String name, boolean available, String detail) {}

  /**
   * Memory or a file system.
   *
   * @param index 1 physical memory, 2 swap, 3 the heap; from {@value #FIRST_FILE_SYSTEM} on file
   *     systems
   * @param name where it is mounted
   * @param type of a file system, as the kernel calls it; empty for memory
   * @param unit bytes that size and use are multiples of
   */
  public record Storage(int index, String name, String type, long unit, long size, long used) {
    public static final int MEMORY = 1;
    public static final int SWAP = 2;
    public static final int HEAP = 3;
    public static final int FIRST_FILE_SYSTEM = 31;
  }

  /**
   * A processor.
   *
   * @param index from 1
   * @param load over the last {@value Usage#LOAD_SECONDS} s, in hundredths of a percent
   * @param loadMinute over the last minute
   */
  public record Core(int index, long load, long loadMinute) {}

  /**
   * A certificate that management shows itself with, or trusts.
   *
   * @param name as in {@code jmx} or {@code syslog-collector}; of a file of trusted ones with the
   *     place in it from the second on, as in {@code syslog-collector-2}; at most 64 octets
   * @param purpose what it is for
   * @param serial hexadecimal
   * @param daysLeft whole days until it is not valid any more; negative since it is not
   * @param fingerprint as RFC 6353 writes that of its SHA-256
   */
  public record Certificate(
      String name,
      String purpose,
      String subject,
      String issuer,
      String serial,
      Instant notBefore,
      Instant notAfter,
      long daysLeft,
      String fingerprint) {}

  /** The counter of a protocol; 0 where the kernel has none. */
  public long protocol(String name) {
    return protocols.getOrDefault(name, 0L);
  }
}
