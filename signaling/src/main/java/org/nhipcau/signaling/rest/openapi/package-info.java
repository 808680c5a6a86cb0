// SPDX-License-Identifier: Apache-2.0
/**
 * The published document of the REST API, made from the table of routes.
 *
 * <p>Spec: OpenAPI 3.1. Thread: start-up. Floor: above {@code route}.
 */
package org.nhipcau.signaling.rest.openapi;
