package dev.fnwatchdog.core.config;

import java.net.URI;

/**
 * Whose tokens are accepted, and for which function (contract 8). Name and namespace are there whenever
 * {@link WatchdogConfig#jwtAuth()} is on.
 *
 * @param authority the OpenID authority's base URL, without a trailing slash
 * @param debug whether issuer, key ids and claims are logged
 * @param functionName the function's own name, empty where unknown
 * @param functionNamespace the function's own namespace, empty where unknown
 */
public record JwtConfig(URI authority, boolean debug, String functionName, String functionNamespace) {}
