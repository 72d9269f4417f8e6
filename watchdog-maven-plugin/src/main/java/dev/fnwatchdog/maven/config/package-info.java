/** Parameters and settings that every goal reads, and the errors for their user. */
@NullMarked
package dev.fnwatchdog.maven.config;

import org.jspecify.annotations.NullMarked;
