package org.strowger.bpf;

import java.nio.file.Path;
import java.util.Optional;
import org.strowger.api.BpfHook;

/** A place of the program: a network device, and where it meets the packets there. */
record Attachment(int device, BpfHook hook) {
  /** Name of its pin. */
  String pin() {
    return device + suffix(hook);
  }

  private static String suffix(BpfHook hook) {
    return switch (hook) {
      case TC_INGRESS -> "-ingress";
      case TC_EGRESS -> "-egress";
      case XDP_NATIVE -> "-xdp";
      case XDP_GENERIC -> "-xdpGeneric";
    };
  }

  /** What a pin stands for; empty if it is none of ours. */
  static Optional<Attachment> of(Path pin) {
    String name = pin.getFileName().toString();
    for (BpfHook hook : BpfHook.values()) {
      String device = name.substring(0, Math.max(0, name.indexOf('-')));
      if (device.matches("[0-9]{1,9}") && name.equals(device + suffix(hook))) {
        return Optional.of(new Attachment(Integer.parseInt(device), hook));
      }
    }
    return Optional.empty();
  }

  boolean xdp() {
    return hook.equals(BpfHook.XDP_NATIVE) || hook.equals(BpfHook.XDP_GENERIC);
  }
}
