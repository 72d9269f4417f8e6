/** Parameters and settings that every goal reads, and the errors that their users see. */
@NullMarked
package dev.fnwatchdog.maven.config;

import org.jspecify.annotations.NullMarked;
