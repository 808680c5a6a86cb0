// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTP/1.1 edge: a strict, bounded server that knows nothing of rooms; packages {@code ws} and {@code admin} say
 * what it answers.
 *
 * <p>Specs: RFC 9110, RFC 9112; RFC 6455 for the upgrade. HTTP/2 is left out on purpose (a proxy in front may speak
 * it), so is compression of answers in general (it costs memory and leaks lengths of secrets); the page's public files
 * are kept compressed, and a WebSocket's messages are another matter, see
 * {@link org.nhipcau.signaling.http.MessageDeflate}.
 *
 * <p>Thread: each connection belongs to one event loop; what may block runs on a virtual thread and comes back.
 *
 * <p>Floor: below {@code ws} and {@code admin}. Reading order: {@link org.nhipcau.signaling.http.HttpService},
 * {@link org.nhipcau.signaling.http.HttpAction}, {@link org.nhipcau.signaling.http.HttpListener},
 * {@link org.nhipcau.signaling.http.HttpConnection}.
 */
package org.nhipcau.signaling.http;
