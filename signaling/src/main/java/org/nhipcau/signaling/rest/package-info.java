// SPDX-License-Identifier: Apache-2.0
/**
 * What other platforms build on: consultations over REST, from the request to the record, by keys with scopes.
 *
 * <pre>
 *  request ─▶ RestApi ─▶ route.RouteTable ─▶ key.Credentials, key.KeyRates ─▶ json.BodyReader
 *                                                   │
 *              resource.*  ◀─ replay.IdempotencyFilter ◀┘      openapi.OpenApiWriter: the same table, published
 * </pre>
 *
 * <p>Specs: RFC 9110, RFC 9457, RFC 6750, OpenAPI 3.1. People are pseudonyms in every answer except under
 * {@code /pseudonyms}, which has scopes of its own.
 *
 * <p>Thread: matching on the event loop, all else on a virtual thread per request. Floor: above {@code http},
 * {@code consultation} and {@code store}. Reading order: {@link org.nhipcau.signaling.rest.RestApi}, then the packages
 * in the order of the picture.
 */
package org.nhipcau.signaling.rest;
