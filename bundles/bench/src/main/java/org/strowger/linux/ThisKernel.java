package org.strowger.linux;

import org.strowger.api.Bpf;

/** The kernel of this machine for benches, without the framework around it. */
public final class ThisKernel {
  private ThisKernel() {}

  /** What the bundle offers as a service. */
  public static Bpf bpf() {
    return new KernelBpf();
  }
}
