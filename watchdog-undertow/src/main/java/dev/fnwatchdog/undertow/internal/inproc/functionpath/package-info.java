/** The jars and folders of {@code function_path}, and the class loader over them (specification 5.3). */
@NullMarked
package dev.fnwatchdog.undertow.internal.inproc.functionpath;

import org.jspecify.annotations.NullMarked;
