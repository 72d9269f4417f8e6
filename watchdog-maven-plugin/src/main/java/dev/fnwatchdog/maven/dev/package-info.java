/** A watchdog around a project's own classes: startup, recompilation, replacement of the function, stop. */
@NullMarked
package dev.fnwatchdog.maven.dev;

import org.jspecify.annotations.NullMarked;
