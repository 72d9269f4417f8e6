/** The servlet container: what is deployed, and how requests and errors reach it. */
@NullMarked
package dev.fnwatchdog.undertow.internal.inproc.servlet;

import org.jspecify.annotations.NullMarked;
