// SPDX-License-Identifier: Apache-2.0
/**
 * Data channels of one client: opens and answers them, tells its messages from the node's own business, and keeps to
 * what a client may send and may have waiting.
 *
 * <p>Specs: RFC 8831, RFC 8832. A channel is known by its label; those of other labels are accepted and not read.
 *
 * <p>Thread and ownership: one, the worker's that owns the peer; time is passed in. Floor 3: uses api, metrics and sctp.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.sctp.channel.DataChannels}, {@link org.nhipcau.sfu.sctp.channel.Dcep}.
 */
package org.nhipcau.sfu.sctp.channel;
