/**
 * A function under development: newer versions replace it while requests are served. {@link
 * dev.fnwatchdog.undertow.internal.reload.ReplaceableMode} is its entry.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.reload;

import org.jspecify.annotations.NullMarked;
