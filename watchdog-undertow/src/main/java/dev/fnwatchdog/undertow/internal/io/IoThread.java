package dev.fnwatchdog.undertow.internal.io;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks what runs on one I/O thread alone: that of the client's connection, to which the exchange, the connections to the function and
 * the pipes of its process belong too ({@code docs/threading.md}). It needs no lock, and must not block. On a type it holds for all
 * methods, except for those whose comment names another thread.
 */
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface IoThread {}
