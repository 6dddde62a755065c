/** The SNMP agent: converts requests into changes and snapshots into answers. */
@NullMarked
package org.strowger.snmp;

import org.jspecify.annotations.NullMarked;
