/**
 * Runs hooks: programs and web servers that are told what happened. When, the director decides;
 * here is seen to it that none of them holds up another, or anybody else.
 */
@NullMarked
package org.strowger.hooks;

import org.jspecify.annotations.NullMarked;
