package org.strowger.api;

/**
 * What the kernel counted of a program, over all CPUs, since it was loaded; it counts only while
 * {@link Bpf#measure} is on.
 *
 * @param runNanos time spent in it
 * @param runs how often it ran
 * @param recursionMisses runs left out because it was running on that CPU already
 * @param instructions what the verifier looked at when it was loaded
 */
public record BpfProgramStatistics(
    long runNanos, long runs, long recursionMisses, long instructions) {}
