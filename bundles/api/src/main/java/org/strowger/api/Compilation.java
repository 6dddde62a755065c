package org.strowger.api;

/** How a scheduler is brought to a plane that forwards without asking Java. */
public enum Compilation {
  /** Its next choices are worked out ahead over the live loads; it must not look at the flow. */
  PICK_AHEAD,
  /** Its choice depends on the flow alone and stands in a {@link LookupTable}. */
  LOOKUP_TABLE,
  /** Not at all: such a plane refuses the virtual service. */
  REFUSED
}
