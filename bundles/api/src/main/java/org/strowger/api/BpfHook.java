package org.strowger.api;

/** Where a BPF program meets the packets of a network device. */
public enum BpfHook {
  /** Traffic control, packets that arrive (tcx; kernel 6.6). Programs of type {@code tc}. */
  TC_INGRESS,
  /** Traffic control, packets that leave (tcx; kernel 6.6). */
  TC_EGRESS,
  /** Express data path in the device's driver. Programs of type {@code xdp}. */
  XDP_NATIVE,
  /** Express data path behind the driver: slower, for every device. */
  XDP_GENERIC
}
