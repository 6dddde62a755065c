/** JMX for live tuning: the same names and numbers as the MIB. */
@NullMarked
package org.strowger.jmx;

import org.jspecify.annotations.NullMarked;
