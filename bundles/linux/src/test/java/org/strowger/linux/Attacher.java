package org.strowger.linux;

import java.nio.file.Path;
import org.strowger.api.BpfHook;
import org.strowger.api.BpfObject;

/** A process of {@link LinksTest}: attaches and pins, and waits to be killed. */
final class Attacher {
  static final String READY = "attached";

  private Attacher() {}

  public static void main(String[] args) throws Exception {
    Path pins = Path.of(args[0]);
    KernelBpf bpf = new KernelBpf();
    BpfObject object = bpf.load(Tried.source());
    object.map("counts").pin(pins.resolve("counts"));
    object.program("count_and_drop").pin(pins.resolve("drop"));
    int device = Integer.parseInt(args[1]);
    bpf.attach(object.program("count_and_pass"), BpfHook.TC_INGRESS, device)
        .pin(pins.resolve("link"));
    System.out.println(READY);
    Thread.sleep(60_000);
  }
}
