package dev.fnwatchdog.undertow.internal.http2;

/**
 * The memory reserved for one stream.
 *
 * @param head bytes for its head
 * @param body bytes that the peer may send of the body before they are read
 */
record StreamMemory(long head, long body) {}
