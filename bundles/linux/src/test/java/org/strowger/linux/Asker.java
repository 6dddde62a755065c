package org.strowger.linux;

/** A process of {@link MissingTest}: says what is missing, and that it can read nevertheless. */
final class Asker {
  private Asker() {}

  public static void main(String[] args) throws Exception {
    KernelNetwork network = new KernelNetwork();
    System.out.println(new KernelBpf().unavailable().orElse(""));
    System.out.println(network.unavailable().orElse(""));
    System.out.println("devices: " + !network.devices().isEmpty());
  }
}
