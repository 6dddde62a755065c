/** The operator's commands, over a local socket. */
@NullMarked
package org.strowger.shell;

import org.jspecify.annotations.NullMarked;
