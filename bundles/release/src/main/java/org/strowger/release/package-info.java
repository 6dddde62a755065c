/**
 * Signed release packages: how they are made, and how a box makes sure of them. A library of JDK
 * types only: the launcher uses it before there is a framework, the upgrade bundle carries it, and
 * {@code ./strowger package} is its command line.
 */
@NullMarked
package org.strowger.release;

import org.jspecify.annotations.NullMarked;
