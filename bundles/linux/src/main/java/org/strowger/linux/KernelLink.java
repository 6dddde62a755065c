package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.strowger.api.BpfHook;
import org.strowger.api.BpfLink;
import org.strowger.api.BpfProgram;
import org.strowger.api.KernelException;

/** A link by its descriptor ({@code struct bpf_link_info}). */
final class KernelLink implements BpfLink {
  private static final int LINK_XDP = 6;
  private static final int LINK_TCX = 11;

  // Attach types.
  private static final int XDP = 37;
  private static final int TCX_INGRESS = 46;
  private static final int TCX_EGRESS = 47;

  // Flags of XDP, include/uapi/linux/if_link.h.
  private static final int XDP_FLAGS_SKB_MODE = 1 << 1;
  private static final int XDP_FLAGS_DRV_MODE = 1 << 2;

  private static final int INFO_BYTES = 64;

  private final Descriptor descriptor;
  private final BpfHook hook;
  private final int id;

  private KernelLink(Descriptor descriptor, BpfHook hook, int id) {
    this.descriptor = descriptor;
    this.hook = hook;
    this.id = id;
  }

  static KernelLink attach(int program, String what, BpfHook hook, int device)
      throws KernelException {
    Descriptor link =
        new Descriptor(
            BpfCall.LINK_CREATE.make(
                "attach %s to %s of device %d".formatted(what, hook, device),
                (attributes, _) -> {
                  attributes.set(JAVA_INT, 0, program);
                  attributes.set(JAVA_INT, 4, device);
                  attributes.set(JAVA_INT, 8, type(hook));
                  attributes.set(JAVA_INT, 12, flags(hook));
                }));
    return of(link, hook);
  }

  static int type(BpfHook hook) {
    return switch (hook) {
      case TC_INGRESS -> TCX_INGRESS;
      case TC_EGRESS -> TCX_EGRESS;
      case XDP_NATIVE, XDP_GENERIC -> XDP;
    };
  }

  private static int flags(BpfHook hook) {
    return switch (hook) {
      case TC_INGRESS, TC_EGRESS -> 0;
      case XDP_NATIVE -> XDP_FLAGS_DRV_MODE;
      case XDP_GENERIC -> XDP_FLAGS_SKB_MODE;
    };
  }

  /** Takes the descriptor of a link that was pinned, and closes it if this fails. */
  static KernelLink opened(Descriptor descriptor, Path pin) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = info(descriptor, arena);
      int type = info.get(JAVA_INT, 0);
      if (type == LINK_TCX) {
        boolean in = info.get(JAVA_INT, 20) == TCX_INGRESS;
        return of(descriptor, in ? BpfHook.TC_INGRESS : BpfHook.TC_EGRESS);
      }
      if (type == LINK_XDP) {
        int device = info.get(JAVA_INT, 16);
        boolean generic = device != 0 && Devices.hasGenericXdp(device);
        return of(descriptor, generic ? BpfHook.XDP_GENERIC : BpfHook.XDP_NATIVE);
      }
      throw new KernelException(
          "cannot open " + pin + ": it is a link of type " + type + ", not of tcx or XDP",
          Errno.EINVAL);
    } catch (KernelException | RuntimeException e) {
      descriptor.close();
      throw e;
    }
  }

  private static KernelLink of(Descriptor descriptor, BpfHook hook) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      return new KernelLink(descriptor, hook, info(descriptor, arena).get(JAVA_INT, 4));
    } catch (KernelException | RuntimeException e) {
      descriptor.close();
      throw e;
    }
  }

  private static MemorySegment info(Descriptor descriptor, Arena arena) throws KernelException {
    MemorySegment info = arena.allocate(INFO_BYTES, 8);
    BpfCall.info(descriptor, "a link", info);
    return info;
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public BpfHook hook() {
    return hook;
  }

  @Override
  public synchronized int device() throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      return info(descriptor, arena).get(JAVA_INT, 16);
    }
  }

  @Override
  public synchronized int programId() throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      return info(descriptor, arena).get(JAVA_INT, 8);
    }
  }

  @Override
  public synchronized void replace(BpfProgram program) throws KernelException {
    KernelProgram next = KernelBpf.ours(program);
    BpfCall.LINK_UPDATE.make(
        "put %s in the place of the program of %s".formatted(next, this),
        (attributes, _) -> {
          attributes.set(JAVA_INT, 0, descriptor.number());
          attributes.set(JAVA_INT, 4, next.descriptor());
        });
  }

  @Override
  public synchronized void detach() throws KernelException {
    BpfCall.LINK_DETACH.make(
        "detach " + this, (attributes, _) -> attributes.set(JAVA_INT, 0, descriptor.number()));
  }

  @Override
  public synchronized void pin(Path pin) throws KernelException {
    BpfCall.pin(descriptor, toString(), pin);
  }

  @Override
  public synchronized void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    return "link " + id + " (" + hook + ")";
  }
}
