/**
 * Authorizes requests ({@code jwt_auth}, specification 8): tokens, the keys that sign them, and their permissions. No
 * other package uses jjwt and its JSON. Imports {@code io.jsonwebtoken}, {@code java.net.http}, and the packages
 * {@code config} and {@code log}.
 */
@NullMarked
package dev.fnwatchdog.core.auth;

import org.jspecify.annotations.NullMarked;
