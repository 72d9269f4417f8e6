/** Work on files that several packages of the plugin share. Imports only the JDK. */
@NullMarked
package dev.fnwatchdog.maven.files;

import org.jspecify.annotations.NullMarked;
