package org.strowger.api;

import java.nio.file.Path;

/** A program at its place. Closing it detaches the program, unless pinned. Any thread may call. */
public interface BpfLink extends AutoCloseable {
  /** The kernel's number of it, unique while it lives. */
  int id();

  BpfHook hook();

  /** Index of the network device; 0 if that is gone. */
  int device() throws KernelException;

  /** The kernel's number of the program that runs there now. */
  int programId() throws KernelException;

  /** Puts another program in its place, in one step: no packet meets none or both. */
  void replace(BpfProgram program) throws KernelException;

  /** Detaches the program although the link is pinned. */
  void detach() throws KernelException;

  /** Gives it a name in a BPF file system, under which it outlives this process. */
  void pin(Path pin) throws KernelException;

  @Override
  void close();
}
