/** Parameters and settings that every goal reads, and the errors in them. */
@NullMarked
package dev.fnwatchdog.maven.config;

import org.jspecify.annotations.NullMarked;
