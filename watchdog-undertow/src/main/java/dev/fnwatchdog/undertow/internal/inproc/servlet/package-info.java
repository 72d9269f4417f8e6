/** The servlet container of inproc mode: deploys servlets and web applications, and passes requests and errors to them. */
@NullMarked
package dev.fnwatchdog.undertow.internal.inproc.servlet;

import org.jspecify.annotations.NullMarked;
