/** The operator's file and the committed revisions: loads, saves atomically, notices edits. */
@NullMarked
package org.strowger.configfile;

import org.jspecify.annotations.NullMarked;
