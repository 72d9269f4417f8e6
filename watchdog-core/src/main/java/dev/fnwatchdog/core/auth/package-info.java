/**
 * Who may call the function ({@code jwt_auth}): tokens, the keys that they are signed with, and what they permit. The only
 * package that knows jjwt and its JSON. Imports {@code io.jsonwebtoken}, {@code java.net.http}, and the packages {@code
 * config} and {@code log}.
 */
@NullMarked
package dev.fnwatchdog.core.auth;

import org.jspecify.annotations.NullMarked;
