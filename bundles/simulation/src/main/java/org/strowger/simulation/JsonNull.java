package org.strowger.simulation;

/** JSON's null, so that ours need not be one. */
enum JsonNull {
  NULL;

  @Override
  public String toString() {
    return "null";
  }
}
