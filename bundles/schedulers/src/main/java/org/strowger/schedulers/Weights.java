package org.strowger.schedulers;

/** Arithmetic on lists of weights. */
final class Weights {
  private Weights() {}

  /** The greatest common divisor of all positive weights, 1 if there is none. */
  static int gcd(int[] weights) {
    int divisor = 0;
    for (int weight : weights) {
      int a = divisor;
      int b = weight;
      while (b != 0) {
        int rest = a % b;
        a = b;
        b = rest;
      }
      divisor = a;
    }
    return Math.max(divisor, 1);
  }

  static int max(int[] weights) {
    int max = 0;
    for (int weight : weights) {
      max = Math.max(max, weight);
    }
    return max;
  }

  static long sum(int[] weights) {
    long sum = 0;
    for (int weight : weights) {
      sum += weight;
    }
    return sum;
  }
}
