/**
 * Clients' connections: accepting, protocol detection, HTTP/1.1 below Undertow's parser, and the graceful end of
 * a connection.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.connection;

import org.jspecify.annotations.NullMarked;
