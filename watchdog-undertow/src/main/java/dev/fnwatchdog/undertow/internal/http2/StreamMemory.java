package dev.fnwatchdog.undertow.internal.http2;

/**
 * Memory that is taken for one stream.
 *
 * @param head bytes for its head
 * @param body bytes for what the peer may send of the body before it is read
 */
record StreamMemory(long head, long body) {}
