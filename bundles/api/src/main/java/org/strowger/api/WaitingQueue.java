package org.strowger.api;

import java.time.Duration;

/**
 * New connections that wait while every real server is full.
 *
 * @param size most that wait at once; zero: none waits
 * @param timeout longest wait; after it the backup pool is asked, or the connection is refused
 */
public record WaitingQueue(int size, Duration timeout) {
  public static final WaitingQueue NONE = new WaitingQueue(0, Duration.ofSeconds(5));
}
