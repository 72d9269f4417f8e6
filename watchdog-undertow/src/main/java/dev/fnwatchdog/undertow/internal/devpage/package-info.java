/**
 * The pages for the developer of a function: {@code /_/dev}, the page in place of a function that cannot be called, and how
 * both reload by themselves. They exist only under {@code watchdog:run} (specification 13). The entry point is {@link
 * dev.fnwatchdog.undertow.internal.devpage.DevelopmentPages}.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.devpage;

import org.jspecify.annotations.NullMarked;
