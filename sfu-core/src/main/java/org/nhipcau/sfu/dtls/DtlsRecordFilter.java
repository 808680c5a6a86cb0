// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.nhipcau.sfu.api.DtlsRole;

/**
 * Looks at records before Bouncy Castle does, and lets through only what cannot harm it.
 *
 * <pre>
 *  record (RFC 6347 §4.1)                       handshake fragment (§4.2.2), one or more in a record
 *  0       1         3       5          11      0      1        4      6          9          12
 *  +-------+---------+-------+----------+----+  +------+--------+------+----------+----------+------
 *  | type  | version | epoch | sequence | n  |  | type | length | seq  | frag off | frag len | body
 *  +-------+---------+-------+----------+----+  +------+--------+------+----------+----------+------
 * </pre>
 *
 * <p>Two faults of Bouncy Castle 1.84 are cured here. Its reassembler allocates whatever length a fragment declares
 * (CVE-2026-59646): lengths, numbers and their sum are bounded. And it takes ChangeCipherSpec and the records behind it
 * as they come, even when a message before them is still missing, after which the handshake never recovers: these
 * records are held until the other end's messages before them are complete, then {@link #pollHeld} gives them out in
 * their order. Holding instead of dropping makes every record of a flight count that arrives at all.
 *
 * <p>After the Finished messages nothing unprotected passes that could change anything: not application data, not an
 * alert that anyone could have forged, no new handshake message.
 *
 * <p>Spec: RFC 6347. Thread: the owner's only. A pure machine: no clock, nothing sent.
 */
public final class DtlsRecordFilter {
    /** Longest message let through; a certificate chain is shorter. */
    static final int MAX_MESSAGE_BYTES = 16_384;
    /** Highest message number; a full flight of either side ends below. */
    static final int MAX_MESSAGE_SEQ = 12;
    /** Sum of the lengths of all different messages let through: with the queue's bytes below 64 KiB a session. */
    static final int MAX_TOTAL_BYTES = 32_768;
    /** Bytes of protected records held at most; a Finished takes 61. */
    static final int MAX_HELD_BYTES = 512;

    private static final int RECORD_HEADER_BYTES = 13;
    private static final int FRAGMENT_HEADER_BYTES = 12;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int APPLICATION_DATA = 23;
    private static final int CERTIFICATE_VERIFY = 15;
    private static final int SERVER_HELLO_DONE = 14;

    /** Messages of a client before its ChangeCipherSpec: hello, certificate, its verification, key exchange. */
    private static final long CLIENT_MESSAGES = 1L << 1 | 1L << 11 | 1L << 15 | 1L << 16;
    /** Messages of a server: hello request, verification, hello, certificate, key exchange, request, done, status. */
    private static final long SERVER_MESSAGES =
            1L | 1L << 2 | 1L << 3 | 1L << 11 | 1L << 12 | 1L << 13 | 1L << 14 | 1L << 22;

    /** What came of one message: declared type and length, and which of its bytes. */
    private static final class Message {
        private final int type;
        private final int length;
        private final long[] have;
        private int missing;

        Message(int type, int length) {
            this.type = type;
            this.length = length;
            this.have = new long[(length + 63) / 64];
            this.missing = length;
        }

        void add(int from, int count) {
            for (int i = from; i < from + count; i++) {
                long bit = 1L << (i & 63);
                if ((have[i >>> 6] & bit) == 0) {
                    have[i >>> 6] |= bit;
                    missing--;
                }
            }
        }
    }

    /** What becomes of a record. */
    private enum Verdict { PASS, HOLD, DROP }

    private final long acceptedMessages;
    private final int lastMessageType;
    private final Message[] messages = new Message[MAX_MESSAGE_SEQ + 1];
    private int totalBytes;
    private boolean flightComplete;
    private byte[] heldChange;
    private final ArrayDeque<byte[]> heldProtected = new ArrayDeque<>();
    private int heldBytes;
    private boolean changePassed;
    private boolean protectedSeen;
    private boolean connected;
    private volatile long droppedRecords;

    /** @param role ours; the other end speaks the other one */
    public DtlsRecordFilter(DtlsRole role) {
        boolean fromClient = role == DtlsRole.SERVER;
        this.acceptedMessages = fromClient ? CLIENT_MESSAGES : SERVER_MESSAGES;
        this.lastMessageType = fromClient ? CERTIFICATE_VERIFY : SERVER_HELLO_DONE;
    }

    /**
     * Moves the records that may pass to the front of the datagram.
     *
     * @return bytes that remain; 0 when the whole datagram is to be dropped
     */
    public int filter(byte[] datagram, int length) {
        int kept = 0;
        int at = 0;
        while (length - at >= RECORD_HEADER_BYTES) {
            int body = unsigned(datagram, at + 11, 2);
            int next = at + RECORD_HEADER_BYTES + body;
            if (next > length) {
                break;
            }
            switch (judge(datagram, at, body)) {
                case PASS -> {
                    System.arraycopy(datagram, at, datagram, kept, next - at);
                    kept += next - at;
                }
                case HOLD -> hold(Arrays.copyOfRange(datagram, at, next));
                case DROP -> droppedRecords++;
            }
            at = next;
        }
        if (at < length) {
            droppedRecords++;
        }
        return kept;
    }

    /** The next record that was held and may pass now, or null. To be asked after every datagram that passed. */
    public byte[] pollHeld() {
        if (!flightComplete) {
            return null;
        }
        if (heldChange != null) {
            byte[] change = heldChange;
            heldChange = null;
            changePassed = true;
            return change;
        }
        byte[] record = changePassed ? heldProtected.poll() : null;
        if (record != null) {
            heldBytes -= record.length;
            protectedSeen = true;
        }
        return record;
    }

    /**
     * Tells that both Finished messages were verified. From now on only protected records pass, and repetitions of
     * handshake messages that passed before: when our last flight was lost, the other end repeats its own as a whole.
     */
    public void setConnected() {
        connected = true;
    }

    /** Whether the other end's messages before its ChangeCipherSpec are all there. */
    public boolean flightComplete() {
        return flightComplete;
    }

    /** Records, and ends of datagrams that are none, dropped so far. Thread: any may read. */
    public long droppedRecords() {
        return droppedRecords;
    }

    private Verdict judge(byte[] datagram, int at, int body) {
        int type = datagram[at] & 0xff;
        int version = unsigned(datagram, at + 1, 2);
        int epoch = unsigned(datagram, at + 3, 2);
        if (version != 0xfefd && version != 0xfeff || body == 0) {
            return Verdict.DROP;
        }
        if (epoch == 1) {
            return judgeProtected(type, RECORD_HEADER_BYTES + body);
        }
        if (epoch != 0) {
            return Verdict.DROP;
        }
        boolean ended = connected || protectedSeen;
        boolean passes = switch (type) {
            case HANDSHAKE -> handshakePasses(datagram, at + RECORD_HEADER_BYTES, body);
            case CHANGE_CIPHER_SPEC -> !ended && body == 1;
            case ALERT -> !ended && body == 2;
            default -> false;
        };
        if (passes && type == CHANGE_CIPHER_SPEC) {
            changePassed |= flightComplete;
            return flightComplete ? Verdict.PASS : Verdict.HOLD;
        }
        return passes ? Verdict.PASS : Verdict.DROP;
    }

    private Verdict judgeProtected(int type, int recordBytes) {
        if (type != ALERT && type != HANDSHAKE && type != APPLICATION_DATA) {
            return Verdict.DROP;
        }
        if (flightComplete && changePassed && heldProtected.isEmpty()) {
            protectedSeen = true;
            return Verdict.PASS;
        }
        return type != APPLICATION_DATA && heldBytes + recordBytes <= MAX_HELD_BYTES ? Verdict.HOLD : Verdict.DROP;
    }

    private void hold(byte[] record) {
        if (record[0] == CHANGE_CIPHER_SPEC) {
            heldChange = record;
        } else {
            heldBytes += record.length;
            heldProtected.add(record);
        }
    }

    private boolean handshakePasses(byte[] datagram, int from, int body) {
        int end = from + body;
        for (int at = from; at < end; at = next(datagram, at)) {
            if (!fragmentFits(datagram, at, end)) {
                return false;
            }
        }
        for (int at = from; at < end; at = next(datagram, at)) {
            if (!remember(datagram, at)) {
                return false;
            }
        }
        flightComplete |= isFlightComplete();
        return true;
    }

    private boolean fragmentFits(byte[] datagram, int at, int end) {
        if (end - at < FRAGMENT_HEADER_BYTES) {
            return false;
        }
        int type = datagram[at] & 0xff;
        int messageBytes = unsigned(datagram, at + 1, 3);
        int seq = unsigned(datagram, at + 4, 2);
        int offset = unsigned(datagram, at + 6, 3);
        int count = unsigned(datagram, at + 9, 3);
        return type < 64 && (acceptedMessages & 1L << type) != 0
                && messageBytes <= MAX_MESSAGE_BYTES
                && seq <= MAX_MESSAGE_SEQ
                && offset + count <= messageBytes
                && (count > 0 || messageBytes == 0)
                && count <= end - at - FRAGMENT_HEADER_BYTES;
    }

    private boolean remember(byte[] datagram, int at) {
        int type = datagram[at] & 0xff;
        int messageBytes = unsigned(datagram, at + 1, 3);
        int seq = unsigned(datagram, at + 4, 2);
        Message message = messages[seq];
        if (message == null) {
            if (connected || totalBytes + messageBytes > MAX_TOTAL_BYTES) {
                return false;
            }
            totalBytes += messageBytes;
            message = new Message(type, messageBytes);
            messages[seq] = message;
        } else if (message.type != type || message.length != messageBytes) {
            // Fragments of different messages under one number would be glued together.
            return false;
        }
        message.add(unsigned(datagram, at + 6, 3), unsigned(datagram, at + 9, 3));
        return true;
    }

    private boolean isFlightComplete() {
        for (Message message : messages) {
            if (message == null || message.missing > 0) {
                return false;
            }
            if (message.type == lastMessageType) {
                return true;
            }
        }
        return false;
    }

    private static int next(byte[] datagram, int at) {
        return at + FRAGMENT_HEADER_BYTES + unsigned(datagram, at + 9, 3);
    }

    private static int unsigned(byte[] bytes, int at, int count) {
        int value = 0;
        for (int i = at; i < at + count; i++) {
            value = value << 8 | bytes[i] & 0xff;
        }
        return value;
    }
}
