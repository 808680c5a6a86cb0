// SPDX-License-Identifier: Apache-2.0
/**
 * What the REST API serves, as one table: each route with its scope, what it takes, what it answers, and who carries it
 * out. The server matches against it, the published document is made from it, and tests walk it.
 *
 * <p>Specs: RFC 9110 (methods, conditions), RFC 9457 (problems). Paths are matched as sent: a parameter is letters,
 * digits, {@code -}, {@code _} and dots, so that nothing needs decoding and no path has two spellings.
 *
 * <p>Thread: any; immutable. Floor: above {@code json} and {@code key}. Reading order:
 * {@link org.nhipcau.signaling.rest.route.Route}, {@link org.nhipcau.signaling.rest.route.RouteTable},
 * {@link org.nhipcau.signaling.rest.route.Call}, {@link org.nhipcau.signaling.rest.route.Reply},
 * {@link org.nhipcau.signaling.rest.route.ProblemException}.
 */
package org.nhipcau.signaling.rest.route;
