// SPDX-License-Identifier: Apache-2.0
/**
 * What a benchmark needs of the worker's inner parts: it stands in their package, so that they can stay private, but in
 * this module, so that the server does not carry it.
 *
 * <p>Thread: JMH's or jcstress's.
 */
package org.nhipcau.sfu.worker;
