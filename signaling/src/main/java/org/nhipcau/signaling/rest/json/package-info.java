// SPDX-License-Identifier: Apache-2.0
/**
 * Records as JSON: one description, the record itself, from which bodies are read strictly, answers are written and the
 * published schema is made, so that none of the three can say something else than the others.
 *
 * <p>Specs: RFC 8259, RFC 3339 (moments, in UTC), JSON Schema 2020-12 as OpenAPI 3.1 uses it. Left out on purpose:
 * polymorphism, maps and coercions of any kind: a number in quotes is not a number.
 *
 * <p>Thread: any; no state. Floor: the lowest of {@code rest}. Reading order:
 * {@link org.nhipcau.signaling.rest.json.Field}, {@link org.nhipcau.signaling.rest.json.BodyReader},
 * {@link org.nhipcau.signaling.rest.json.BodyWriter}, {@link org.nhipcau.signaling.rest.json.SchemaWriter}.
 */
package org.nhipcau.signaling.rest.json;
