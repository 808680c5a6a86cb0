// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import org.nhipcau.sfu.api.HeaderExtensions;

/**
 * What offer and answer agreed on for a track that is sent.
 *
 * @param mid section of the track
 * @param payloadType of the codec
 * @param rtxPayloadType 0: no retransmission
 * @param extensions ids of header extensions; 0: not agreed on
 */
public record StreamFormat(String mid, int payloadType, int rtxPayloadType, HeaderExtensions extensions) {}
