/**
 * http mode: forwards requests to the function's own server. The entry point is {@link
 * dev.fnwatchdog.undertow.internal.proxy.HttpMode}.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.proxy;

import org.jspecify.annotations.NullMarked;
