/**
 * A function under development, which newer versions replace while requests are served. The entry point is {@link
 * dev.fnwatchdog.undertow.internal.reload.ReplaceableMode}.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.reload;

import org.jspecify.annotations.NullMarked;
