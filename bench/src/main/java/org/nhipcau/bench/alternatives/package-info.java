// SPDX-License-Identifier: Apache-2.0
/**
 * What our code is measured against, doing the same work: kept so that a decision can be tried again.
 *
 * <p>Thread: JMH's.
 */
package org.nhipcau.bench.alternatives;
