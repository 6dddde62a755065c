package org.strowger.api;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The kernel's BPF machine, for the plane whose programs run in it; an OSGi service.
 *
 * <p>Every method may be called on any thread, virtual ones too. What these methods hand out holds
 * descriptors of the kernel: who got it closes it, once it is no longer needed; closing twice does
 * nothing, and using it afterwards is an {@link IllegalStateException}. What is pinned, and a link
 * that is pinned, goes on in the kernel when everything here is closed or the process is killed.
 */
public interface Bpf {
  /**
   * Why this machine cannot run BPF programs for us, one sentence that says what to do; empty if it
   * can. Tried at each call: the answer changes when a package is installed.
   */
  Optional<String> unavailable();

  /** The same for one place to attach to; XDP in the driver also depends on the device. */
  Optional<String> unavailable(BpfHook hook);

  /**
   * Loads an object: makes its maps, has the kernel verify its programs. All or nothing.
   *
   * @throws KernelException with the end of the verifier's log, if a program is refused
   */
  BpfObject load(BpfSource source) throws KernelException;

  /**
   * Opens a pinned map.
   *
   * @throws KernelException ENOENT if nothing is pinned there, EINVAL if it is no map
   */
  BpfMap openMap(Path pin) throws KernelException;

  /** Opens a pinned program; errors as for {@link #openMap}. */
  BpfProgram openProgram(Path pin) throws KernelException;

  /** Opens a pinned link; errors as for {@link #openMap}. */
  BpfLink openLink(Path pin) throws KernelException;

  /**
   * Runs a program for each packet of a device from now on.
   *
   * @param device index of the network device
   * @throws KernelException EBUSY if another XDP program is attached there; ENODEV
   */
  BpfLink attach(BpfProgram program, BpfHook hook, int device) throws KernelException;

  /**
   * Makes the kernel measure every program until the subscription is closed; some 10 ns a run.
   * Needs kernel 5.8.
   */
  Subscription measure() throws KernelException;

  /**
   * Makes a folder a BPF file system, where maps, programs and links can be pinned; only its owner
   * may enter. The folder is made where it is missing; nothing is done if it is one already. The
   * mount stays when the process ends.
   */
  void mountFileSystem(Path folder) throws KernelException;

  /** Undoes {@link #mountFileSystem}, which forgets all pins of it; nothing if it is none. */
  void unmountFileSystem(Path folder) throws KernelException;

  /** The CPUs that per-CPU maps have a value for: those that could ever be there. */
  int possibleCpus();
}
