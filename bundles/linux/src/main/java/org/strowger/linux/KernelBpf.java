package org.strowger.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.strowger.api.Bpf;
import org.strowger.api.BpfHook;
import org.strowger.api.BpfLink;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfObject;
import org.strowger.api.BpfProgram;
import org.strowger.api.BpfSource;
import org.strowger.api.KernelException;
import org.strowger.api.Subscription;

/** BPF by the calls of this kernel. Holds nothing: all state is the kernel's. */
final class KernelBpf implements Bpf {
  private static final long FILE_SYSTEM_MAGIC = 0xcafe4a11L;
  private static final int NO_DEVICE = Integer.MAX_VALUE;

  @Override
  public Optional<String> unavailable() {
    Optional<String> processor = SystemCall.unknownProcessor();
    if (processor.isPresent()) {
      return processor;
    }
    Libbpf.Found found = Libbpf.ofThisMachine();
    if (found.library().isEmpty()) {
      return Optional.of(found.why());
    }
    try {
      emptyProgram().close();
      return Optional.empty();
    } catch (KernelException e) {
      return Optional.of(e.sentence());
    }
  }

  @Override
  public Optional<String> unavailable(BpfHook hook) {
    Optional<String> all = unavailable();
    if (all.isPresent() || hook.equals(BpfHook.XDP_NATIVE) || hook.equals(BpfHook.XDP_GENERIC)) {
      return all;
    }
    // A device that cannot be: a kernel that has the call looks for it, another refuses the call.
    try (Descriptor program = emptyProgram()) {
      KernelLink.attach(program.number(), "a program", hook, NO_DEVICE).close();
      throw new IllegalStateException("there is a device " + NO_DEVICE);
    } catch (KernelException e) {
      return e.errno() == Errno.ENODEV
          ? Optional.empty()
          : Optional.of("the kernel must be 6.6 or newer for tcx: " + e.getMessage());
    }
  }

  /** A program for traffic control that does nothing, to see whether the kernel takes one. */
  private static Descriptor emptyProgram() throws KernelException {
    long returnZero = 0xb7; // r0 = 0
    long exit = 0x95;
    return new Descriptor(
        BpfCall.PROGRAM_LOAD.make(
            "load BPF programs",
            (attributes, arena) -> {
              attributes.set(JAVA_INT, 0, KernelProgram.TRAFFIC_CONTROL);
              attributes.set(JAVA_INT, 4, 2);
              attributes.set(ADDRESS, 8, arena.allocateFrom(JAVA_LONG, returnZero, exit));
              attributes.set(ADDRESS, 16, arena.allocateFrom("Apache-2.0"));
            }));
  }

  @Override
  public BpfObject load(BpfSource source) throws KernelException {
    Libbpf.Found found = Libbpf.ofThisMachine();
    Libbpf library =
        found
            .library()
            .orElseThrow(
                () ->
                    new KernelException(
                        "cannot load BPF object '" + source.name() + "': " + found.why(), 0));
    return ObjectLoader.load(library, source);
  }

  @Override
  public BpfMap openMap(Path pin) throws KernelException {
    return KernelMap.of(kind(BpfCall.open(pin), "bpf-map", "map", pin));
  }

  @Override
  public BpfProgram openProgram(Path pin) throws KernelException {
    return KernelProgram.of(kind(BpfCall.open(pin), "bpf-prog", "program", pin));
  }

  @Override
  public BpfLink openLink(Path pin) throws KernelException {
    return KernelLink.opened(kind(BpfCall.open(pin), "bpf.link", "link", pin), pin);
  }

  /** The kernel opens whatever is pinned; here it must be the kind that is wanted. */
  private static Descriptor kind(Descriptor opened, String wanted, String what, Path pin)
      throws KernelException {
    String target = "";
    try {
      Path link = Path.of("/proc/self/fd", Integer.toString(opened.number()));
      target = Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      opened.close();
      throw new KernelException("cannot open " + pin + ": " + e.getMessage(), 0);
    }
    if (!target.matches(".*\\b" + wanted + "\\b.*")) { // bpf_link was once written with a hyphen
      opened.close();
      throw new KernelException(
          "cannot open " + pin + ": it is no " + what + " but " + target, Errno.EINVAL);
    }
    return opened;
  }

  @Override
  public BpfLink attach(BpfProgram program, BpfHook hook, int device) throws KernelException {
    KernelProgram ours = ours(program);
    return KernelLink.attach(ours.descriptor(), ours.toString(), hook, device);
  }

  @Override
  public Subscription measure() throws KernelException {
    int runTime = 0; // BPF_STATS_RUN_TIME
    Descriptor on =
        new Descriptor(
            BpfCall.ENABLE_STATISTICS.make(
                "measure programs", (attributes, _) -> attributes.set(JAVA_INT, 0, runTime)));
    return on::close;
  }

  @Override
  public void mountFileSystem(Path folder) throws KernelException {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new KernelException("cannot make the folder " + folder + ": " + e.getMessage(), 0);
    }
    if (isFileSystem(folder)) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment type = arena.allocateFrom("bpf");
      MemorySegment at = arena.allocateFrom(folder.toString());
      MemorySegment options = arena.allocateFrom("mode=0700");
      long flags = 2 | 4 | 8; // MS_NOSUID | MS_NODEV | MS_NOEXEC
      long answer =
          SystemCall.MOUNT.make(
              type.address(), at.address(), type.address(), flags, options.address());
      if (answer < 0) {
        throw Errno.refused("mount a BPF file system on " + folder, answer);
      }
    }
  }

  @Override
  public void unmountFileSystem(Path folder) throws KernelException {
    if (!Files.isDirectory(folder) || !isFileSystem(folder)) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      long answer = SystemCall.UMOUNT.make(arena.allocateFrom(folder.toString()).address(), 0);
      if (answer < 0) {
        throw Errno.refused("unmount the BPF file system on " + folder, answer);
      }
    }
  }

  private static boolean isFileSystem(Path folder) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment answer = arena.allocate(120, 8); // struct statfs, its type first
      long made =
          SystemCall.STATFS.make(arena.allocateFrom(folder.toString()).address(), answer.address());
      if (made < 0) {
        throw Errno.refused("look at the file system of " + folder, made);
      }
      return answer.get(JAVA_LONG, 0) == FILE_SYSTEM_MAGIC;
    }
  }

  @Override
  public int possibleCpus() {
    return Cpus.possible();
  }

  static KernelProgram ours(BpfProgram program) {
    if (program instanceof KernelProgram ours) {
      return ours;
    }
    throw new IllegalArgumentException("a program of another version of this bundle");
  }

  static KernelMap ours(BpfMap map) {
    if (map instanceof KernelMap ours) {
      return ours;
    }
    throw new IllegalArgumentException("a map of another version of this bundle");
  }
}
