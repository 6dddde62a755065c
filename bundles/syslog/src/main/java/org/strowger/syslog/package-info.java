/** Tells syslog servers of alarms and changes (RFC 5424). */
@NullMarked
package org.strowger.syslog;

import org.jspecify.annotations.NullMarked;
