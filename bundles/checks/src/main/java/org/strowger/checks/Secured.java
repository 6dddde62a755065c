package org.strowger.checks;

import java.util.Optional;
import javax.net.ssl.SSLSocket;

/**
 * A connection after its TLS handshake.
 *
 * @param text protocol, cipher suite and the end of the certificate's time
 * @param warning its certificate ends soon, or has ended and is not verified
 */
record Secured(SSLSocket socket, String text, Optional<String> warning) {}
