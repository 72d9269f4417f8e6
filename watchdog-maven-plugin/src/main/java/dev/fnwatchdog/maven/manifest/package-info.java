/**
 * The files that deploy a function to Kubernetes, Knative, OpenFaaS and Compose, created from one description of the function.
 * Imports {@code core.config} and SnakeYAML.
 */
@NullMarked
package dev.fnwatchdog.maven.manifest;

import org.jspecify.annotations.NullMarked;
