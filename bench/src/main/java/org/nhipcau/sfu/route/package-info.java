// SPDX-License-Identifier: Apache-2.0
/**
 * What a benchmark needs of the route's inner parts: it stands in their package, so that they can stay private, but in
 * this module, so that the server does not carry it.
 *
 * <p>Thread: JMH's.
 */
package org.nhipcau.sfu.route;
