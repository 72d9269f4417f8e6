/** TLS towards the function: the certificates that are trusted, the handshake, and the conduits of a connection. */
@NullMarked
package dev.fnwatchdog.undertow.internal.tls;

import org.jspecify.annotations.NullMarked;
