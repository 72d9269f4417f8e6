package dev.fnwatchdog.core.config;

import java.net.URI;

/**
 * The authority whose tokens are accepted, and the function's own identity (specification 8.1, 8.2). Name and namespace
 * are set whenever {@link WatchdogConfig#jwtAuth()} is on.
 *
 * <pre>{@code
 * WatchdogConfig config = WatchdogConfig.parse(System.getenv());
 * if (config.jwtAuth()) {
 *     System.out.println("Tokens of " + config.jwt().authority() + " for " + config.jwt().functionName());
 * }
 * }</pre>
 *
 * @param authority the OpenID authority's base URL, without a trailing slash
 * @param debug whether issuer, key ids and claims are logged
 * @param functionName the function's own name, empty if unknown
 * @param functionNamespace the function's own namespace, empty if unknown
 */
public record JwtConfig(URI authority, boolean debug, String functionName, String functionNamespace) {}
