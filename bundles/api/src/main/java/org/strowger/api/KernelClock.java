package org.strowger.api;

/** The kernel's clock; an OSGi service of the bundle that may call the kernel. Any thread. */
public interface KernelClock {
  /**
   * How it stands to the time.
   *
   * @throws KernelException if the kernel does not say
   */
  TimeSync timeSync() throws KernelException;
}
