/**
 * The main classes outside the framework: starts Felix with the bundle list, serves the command
 * line's client side.
 */
@NullMarked
package org.strowger.launcher;

import org.jspecify.annotations.NullMarked;
