// SPDX-License-Identifier: Apache-2.0
/**
 * RTP on the wire: views over packets, sequence arithmetic, header extensions.
 *
 * <p>Specs: RFC 3550 (RTP), RFC 8285 (header extensions), RFC 6464 (audio level), RFC 8852 (rid), RFC 8843 (mid),
 * RFC 4588 (RTX). Left out on purpose: contributing sources are carried, never made.
 *
 * <p>Bytes from the net never throw here: a parse answers false and the caller counts a drop.
 * Thread: the owner of the packet. Floor 2: uses buffer and metrics only.
 */
package org.nhipcau.sfu.rtp;
