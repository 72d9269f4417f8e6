/**
 * static mode: serves files from a folder. The entry point is {@link dev.fnwatchdog.undertow.internal.files.StaticMode}.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.files;

import org.jspecify.annotations.NullMarked;
