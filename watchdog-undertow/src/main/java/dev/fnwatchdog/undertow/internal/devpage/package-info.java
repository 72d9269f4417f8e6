/**
 * The pages for the developer of a function: {@code /_/dev}, and the page that replaces a function that cannot be invoked. Both
 * reload themselves, and exist only under {@code watchdog:run} (specification 13). The entry point is {@link
 * dev.fnwatchdog.undertow.internal.devpage.DevelopmentPages}.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.devpage;

import org.jspecify.annotations.NullMarked;
