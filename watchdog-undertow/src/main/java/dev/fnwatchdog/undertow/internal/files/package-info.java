/**
 * static mode: serves files from a folder. {@link dev.fnwatchdog.undertow.internal.files.StaticMode} is its
 * entry.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.files;

import org.jspecify.annotations.NullMarked;
