/** Shared by tests: processes, clients with checked bytes, variants of bundles. */
@NullMarked
package org.strowger.testkit;

import org.jspecify.annotations.NullMarked;
