package org.strowger.api;

/**
 * Looks once whether a real server serves. Runs on a virtual thread of its own, many at once for
 * different targets, so it keeps nothing between two calls that one of them could see of another.
 *
 * <p>The caller interrupts a call that is still running when the target's timeout has passed, and
 * counts it as failed: a check closes what it opened and returns. What the real server answers is
 * hostile input: a check reads no more of it than it needs, and never more than a bound it states.
 */
public interface Check {
  /**
   * Looks once. What is wrong with the real server is a result; an exception is a fault of the
   * check and counts as no evidence.
   *
   * @throws InterruptedException if interrupted
   */
  CheckResult run(CheckTarget target) throws InterruptedException;
}
