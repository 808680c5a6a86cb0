// SPDX-License-Identifier: Apache-2.0
/**
 * A small typed client of the REST API, for other platforms written in Java, for the command line and for tests: the
 * JDK's HTTP client and the records that the server itself reads and writes.
 *
 * <p>Every change carries an idempotency key, so that it can be sent again when no answer came. Thread: any. Floor: above
 * {@code rest}. Reading order: {@link org.nhipcau.signaling.client.NhipcauClient},
 * {@link org.nhipcau.signaling.client.ApiConnection}, {@link org.nhipcau.signaling.client.SignedEvents}.
 */
package org.nhipcau.signaling.client;
