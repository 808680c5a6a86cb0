// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/**
 * A media node's identity and make.
 *
 * @param nodeId random per process
 * @param version product version
 * @param workers packet threads, each with a UDP port of its own
 * @param srtpEngine name of the engine chosen at start
 */
public record NodeDescription(String nodeId, String version, int workers, String srtpEngine) {}
