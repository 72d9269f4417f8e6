/**
 * http mode: forwards requests to the function's own server. {@link
 * dev.fnwatchdog.undertow.internal.proxy.HttpMode} is its entry.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.proxy;

import org.jspecify.annotations.NullMarked;
