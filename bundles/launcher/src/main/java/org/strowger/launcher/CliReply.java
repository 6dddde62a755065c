package org.strowger.launcher;

/**
 * What the director answered.
 *
 * @param exit 0 done, 1 rejected, 2 usage, 3 conflict, 4 busy
 */
record CliReply(int exit, String text) {}
