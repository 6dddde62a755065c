package org.strowger.bench;

/** Who is measured by a bench; the order of the constants is that of its tables. */
sealed interface Contestant permits Kind, KernelKind {
  /** The way past all directors, which each bench compares with. */
  String DIRECT = "direct";

  /** As the JSON has it. */
  String word();
}
