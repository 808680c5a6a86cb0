// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.stream.OutboundStream;

/**
 * Where the numbers of an outbound SSRC stand, so that a consumer that comes back under it goes on from there.
 *
 * @param rewriter null when nothing was ever to be sent
 */
record Numbering(OutboundStream stream, StreamRewriter rewriter) {}
