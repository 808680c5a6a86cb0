// SPDX-License-Identifier: Apache-2.0
/**
 * SCTP on the wire: packets, chunks and parameters, read and written without a thought of what they mean.
 *
 * <p>Specs: RFC 9260 §3, RFC 3758 §3, RFC 6525 §3 and §4, RFC 8831 §6.1. Bytes from the net never throw: what is not
 * well-formed is answered by {@code false} or {@code null}.
 *
 * <p>Thread: one, the owner's. Floor 3: uses the JDK only.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.sctp.wire.PacketReader}, {@link org.nhipcau.sfu.sctp.wire.PacketWriter},
 * then the chunks.
 */
package org.nhipcau.sfu.sctp.wire;
