package org.strowger.wire;

/**
 * What the process lets a wire have.
 *
 * @param bufferBudget bytes that may wait for slow readers, a loop
 */
record Bounds(OpenFiles files, long bufferBudget) {
  static Bounds ofProcess() {
    return new Bounds(OpenFiles.ofProcess(), Limits.BUFFER_BUDGET);
  }
}
