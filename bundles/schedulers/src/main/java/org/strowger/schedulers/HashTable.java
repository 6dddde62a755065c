package org.strowger.schedulers;

import org.strowger.api.RealServerView;

/** How a hash scheduler divides the buckets of its table among the real servers. */
interface HashTable {
  /** The owner of each bucket by index of the view; of length 0 if there is nobody to own one. */
  int[] fill(RealServerView reals);
}
