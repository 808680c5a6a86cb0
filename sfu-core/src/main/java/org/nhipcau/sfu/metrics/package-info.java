// SPDX-License-Identifier: Apache-2.0
/**
 * Counting without locks: plain longs that one worker writes and the metrics registry reads.
 *
 * <p>Thread: one writer; any reader sees each value whole, perhaps a little late. Floor 1.
 */
package org.nhipcau.sfu.metrics;
