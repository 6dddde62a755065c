package org.strowger.api;

/**
 * Live counts of one virtual service, read at the moment of asking; indexes are those of a {@link
 * ForwardedService}'s real servers.
 */
public interface Loads {
  /** Nothing is held anywhere. */
  Loads NONE =
      new Loads() {
        @Override
        public long active(int index) {
          return 0;
        }

        @Override
        public long inactive(int index) {
          return 0;
        }
      };

  long active(int index);

  long inactive(int index);

  /** Smoothed time until a real server's answer begins, in nanoseconds; 0 while unknown. */
  default long latencyNanos(int index) {
    return 0;
  }

  /** Connections that the virtual service holds, with the one that is being decided. */
  default long service() {
    return 0;
  }

  /** Connections that the plane holds for all virtual services, with that one. */
  default long director() {
    return 0;
  }
}
