// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * What an INIT or INIT ACK says of its sender.
 *
 * <pre>
 *  4            8            12           14           16            20
 *  +------------+------------+------------+------------+-------------+------------ - -
 *  | init. tag  | a_rwnd     | streams out| streams in | initial TSN | parameters
 *  +------------+------------+------------+------------+-------------+------------ - -
 * </pre>
 *
 * <p>Spec: RFC 9260 §3.3.2, §3.3.3; RFC 3758 §3.1; RFC 5061 §4.2.7.
 *
 * @param tag never 0
 * @param windowBytes what the sender takes before it has acknowledged anything
 * @param initialTsn number of the sender's first DATA chunk
 * @param cookie of an INIT ACK; null: there is none
 * @param forwardTsn the sender lets messages be given up
 * @param reConfig the sender lets streams be reset
 * @param unknown parameters that are to be reported, each as it came
 */
public record InitChunk(int tag, int windowBytes, int initialTsn, byte[] cookie, boolean forwardTsn,
        boolean reConfig, List<byte[]> unknown) {
    /** We take any stream: what bounds us is how many are in use. */
    public static final int STREAMS = 65_535;
    static final int STATE_COOKIE = 7;
    static final int UNRECOGNIZED = 8;
    static final int SUPPORTED_EXTENSIONS = 0x8008;
    static final int FORWARD_TSN_SUPPORTED = 0xc000;
    private static final int FIXED_BYTES = 16;
    private static final int MIN_WINDOW_BYTES = 1_500;
    /** An echoed cookie must fit into one packet of ours. */
    private static final int MAX_COOKIE_BYTES = 1_000;
    private static final int MAX_UNKNOWN_BYTES = 256;

    /** Reads the chunk that the reader is at. @return null when it is not well-formed, or says what may not be */
    public static InitChunk read(PacketReader packet) {
        if (packet.bodyLength() < FIXED_BYTES) {
            return null;
        }
        int at = packet.bodyAt();
        int tag = packet.getInt(at);
        int window = packet.getInt(at + 4);
        if (tag == 0 || window >= 0 && window < MIN_WINDOW_BYTES || packet.getUnsignedShort(at + 8) == 0
                || packet.getUnsignedShort(at + 10) == 0) {
            return null;
        }
        byte[] cookie = null;
        boolean forwardTsn = false;
        boolean reConfig = false;
        List<byte[]> unknown = new ArrayList<>();
        int unknownBytes = 0;
        ParameterReader parameters = new ParameterReader(packet, FIXED_BYTES);
        boolean go = true;
        while (go && parameters.next()) {
            int type = parameters.type();
            switch (type) {
                case STATE_COOKIE -> cookie = parameters.length() <= MAX_COOKIE_BYTES ? parameters.value() : null;
                case FORWARD_TSN_SUPPORTED -> forwardTsn = true;
                case SUPPORTED_EXTENSIONS -> {
                    forwardTsn |= lists(parameters, ChunkType.FORWARD_TSN);
                    reConfig |= lists(parameters, ChunkType.RE_CONFIG);
                }
                default -> {
                    unknownBytes += parameters.length() + 8;
                    if (!isKnown(type) && (type & 0x4000) != 0 && unknownBytes <= MAX_UNKNOWN_BYTES) {
                        unknown.add(parameters.whole());
                    }
                    go = isKnown(type) || (type & 0x8000) != 0;
                }
            }
        }
        // A window above 2^31 is as good as one of it.
        return new InitChunk(tag, window < 0 ? Integer.MAX_VALUE : window, packet.getInt(at + 12), cookie, forwardTsn,
                reConfig, List.copyOf(unknown));
    }

    // Addresses, host name, cookie preservative, what was not recognized: known, and of no use to us.
    private static boolean isKnown(int type) {
        return type >= 5 && type <= 12;
    }

    private static boolean lists(ParameterReader parameter, int chunkType) {
        for (int i = 0; i < parameter.length(); i++) {
            if (parameter.getUnsignedByte(i) == chunkType) {
                return true;
            }
        }
        return false;
    }

    /** Writes an INIT, or an INIT ACK where there is a cookie. */
    public void write(PacketWriter out) {
        out.beginChunk(cookie == null ? ChunkType.INIT : ChunkType.INIT_ACK, 0);
        out.putInt(tag);
        out.putInt(windowBytes);
        out.putShort(STREAMS);
        out.putShort(STREAMS);
        out.putInt(initialTsn);
        if (cookie != null) {
            out.putParameter(STATE_COOKIE, cookie);
        }
        out.putParameter(SUPPORTED_EXTENSIONS, new byte[] {(byte) ChunkType.RE_CONFIG, (byte) ChunkType.FORWARD_TSN});
        out.putParameter(FORWARD_TSN_SUPPORTED, new byte[0]);
        for (byte[] parameter : unknown) {
            out.putParameter(UNRECOGNIZED, parameter);
        }
        out.endChunk();
    }
}
