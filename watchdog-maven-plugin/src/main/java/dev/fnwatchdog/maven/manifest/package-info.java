/**
 * What deploys a function: files for Kubernetes, Knative, OpenFaaS and Compose, from one description of the function.
 * Imports {@code core.config} and SnakeYAML.
 */
@NullMarked
package dev.fnwatchdog.maven.manifest;

import org.jspecify.annotations.NullMarked;
