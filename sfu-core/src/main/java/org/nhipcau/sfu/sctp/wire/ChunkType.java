// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.wire;

/** Numbers of the chunks and parameters that we know. Spec: RFC 9260 §3.2, RFC 3758 §3, RFC 6525 §3. */
public final class ChunkType {
    public static final int DATA = 0;
    public static final int INIT = 1;
    public static final int INIT_ACK = 2;
    public static final int SACK = 3;
    public static final int HEARTBEAT = 4;
    public static final int HEARTBEAT_ACK = 5;
    public static final int ABORT = 6;
    public static final int SHUTDOWN = 7;
    public static final int SHUTDOWN_ACK = 8;
    public static final int ERROR = 9;
    public static final int COOKIE_ECHO = 10;
    public static final int COOKIE_ACK = 11;
    public static final int SHUTDOWN_COMPLETE = 14;
    public static final int RE_CONFIG = 130;
    public static final int FORWARD_TSN = 192;

    /** The tag of an ABORT or SHUTDOWN COMPLETE is the sender's own view of the other side (§8.5.1). */
    public static final int FLAG_TAG_REFLECTED = 1;

    private ChunkType() {}

    /** A receiver that does not know the chunk passes over it instead of dropping the rest of the packet (§3.2). */
    public static boolean skippedWhenUnknown(int type) {
        return (type & 0x80) != 0;
    }

    /** A receiver that does not know the chunk tells the sender so. */
    public static boolean reportedWhenUnknown(int type) {
        return (type & 0x40) != 0;
    }
}
