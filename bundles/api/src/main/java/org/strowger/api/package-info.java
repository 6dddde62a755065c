/**
 * The vocabulary of Strowger: what is wanted, what is observed, what is counted, and the service
 * interfaces through which the bundles meet. No behaviour lives here, and no third party's types.
 *
 * <p>Every bundle may import this package; no bundle may import another one's. Records are
 * immutable and may be read on any thread; each interface says on which thread it is called.
 */
@NullMarked
@Export
@Version("0.1.0")
package org.strowger.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
