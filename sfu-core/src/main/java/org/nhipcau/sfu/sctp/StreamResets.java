// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nhipcau.sfu.sctp.receive.Receiver;
import org.nhipcau.sfu.sctp.send.RetransmissionTimeout;
import org.nhipcau.sfu.sctp.send.Sender;
import org.nhipcau.sfu.sctp.wire.ChunkType;
import org.nhipcau.sfu.sctp.wire.PacketReader;
import org.nhipcau.sfu.sctp.wire.PacketWriter;
import org.nhipcau.sfu.sctp.wire.ParameterReader;
import org.nhipcau.sfu.sctp.wire.Serial;

/**
 * Ends streams so that their numbers can be used anew: answers the other side's requests and makes our own.
 *
 * <pre>
 *  request (13)   4          8           12          16                    response (16)  4          8
 *  +------+-----+----------+-----------+-----------+---------- - -         +------+-----+----------+--------+
 *  | type | len | req. seq | resp. seq | last TSN  | streams               | type | len | resp. seq| result |
 *  +------+-----+----------+-----------+-----------+---------- - -         +------+-----+----------+--------+
 * </pre>
 *
 * <p>Spec: RFC 6525 §4.1, §4.4, §5.2; the other requests of it are denied. Thread: the association's. Memory: one request
 * of each side, and {@link #MAX_WAITING} streams.
 */
final class StreamResets {
    static final int MAX_WAITING = 64;
    private static final int OUTGOING_RESET = 13;
    private static final int LAST_REQUEST = 18;
    private static final int RESPONSE = 16;
    private static final int NOTHING_TO_DO = 0;
    private static final int PERFORMED = 1;
    private static final int DENIED = 2;
    private static final int BAD_NUMBER = 5;
    private static final int IN_PROGRESS = 6;
    private static final int MAX_TRIES = 10;

    private final Receiver receiver;
    private final Sender sender;
    private final RetransmissionTimeout timeout;
    private final AssociationListener listener;
    private final boolean supported;
    private final Set<Integer> waiting = new LinkedHashSet<>();
    private final List<Integer> asked = new ArrayList<>();
    private int ourNumber;
    private boolean requestDue;
    private long resendNs;
    private int tries;
    private int theirNumber;
    private int theirResult = NOTHING_TO_DO;
    private int responseNumber;
    private int responseResult;
    private boolean responseDue;

    /** @param supported the other side knows RE-CONFIG */
    StreamResets(int localTsn, int peerTsn, boolean supported, Receiver receiver, Sender sender,
            RetransmissionTimeout timeout, AssociationListener listener) {
        this.ourNumber = localTsn;
        this.theirNumber = peerTsn;
        this.supported = supported;
        this.receiver = receiver;
        this.sender = sender;
        this.timeout = timeout;
        this.listener = listener;
    }

    /** Asks for a stream of ours to begin anew, when what was begun on it has left. @return false: too many wait */
    boolean request(int streamId) {
        if (waiting.size() >= MAX_WAITING || asked.contains(streamId)) {
            return asked.contains(streamId);
        }
        sender.closeStream(streamId);
        waiting.add(streamId);
        return true;
    }

    /** Takes the RE-CONFIG chunk that the reader is at. */
    void onReConfig(PacketReader packet) {
        ParameterReader parameters = new ParameterReader(packet, 0);
        for (int i = 0; i < 2 && parameters.next(); i++) {
            int type = parameters.type();
            if (type == RESPONSE && parameters.length() >= 8) {
                onResponse(parameters.getInt(0), parameters.getInt(4));
            } else if (type >= OUTGOING_RESET && type <= LAST_REQUEST && parameters.length() >= 4) {
                onRequest(parameters, type);
            }
        }
    }

    private void onRequest(ParameterReader request, int type) {
        int number = request.getInt(0);
        boolean repeated = number == theirNumber - 1;
        responseDue = true;
        responseNumber = number;
        if (!repeated && number != theirNumber) {
            // What the last request came to stays as it is: that one may come again.
            responseResult = BAD_NUMBER;
            return;
        }
        if (!repeated || theirResult == IN_PROGRESS) {
            theirNumber = number + 1;
            theirResult = type == OUTGOING_RESET && request.length() >= 12 ? reset(request) : DENIED;
        }
        responseResult = theirResult;
    }

    private int reset(ParameterReader request) {
        if (Serial.before(receiver.cumulativeTsn(), request.getInt(8))) {
            // Something of the old stream is still to come.
            return IN_PROGRESS;
        }
        List<Integer> streams = new ArrayList<>();
        for (int at = 12; at + 2 <= request.length(); at += 2) {
            streams.add(request.getUnsignedShort(at));
        }
        if (request.length() < 14) {
            streams.addAll(receiver.streams());
        }
        for (int streamId : streams) {
            receiver.resetStream(streamId);
            listener.onIncomingReset(streamId);
        }
        return PERFORMED;
    }

    private void onResponse(int number, int result) {
        if (asked.isEmpty() || number != ourNumber) {
            return;
        }
        if (result == IN_PROGRESS) {
            tries = 0;
            return;
        }
        // Denied or not: nothing is left to be said on the old stream.
        ourNumber++;
        requestDue = false;
        List<Integer> done = List.copyOf(asked);
        asked.clear();
        for (int streamId : done) {
            sender.onStreamReset(streamId);
            listener.onOutgoingReset(streamId);
        }
    }

    long deadlineNs() {
        return asked.isEmpty() ? Long.MAX_VALUE : resendNs;
    }

    /** @return false when the other side answers no request */
    boolean onTimer(long nowNs) {
        if (!asked.isEmpty() && nowNs - resendNs >= 0) {
            requestDue = true;
            return ++tries <= MAX_TRIES;
        }
        return true;
    }

    /** Something is to be written. */
    boolean due() {
        if (asked.isEmpty() && !waiting.isEmpty()) {
            begin();
        }
        return responseDue || requestDue;
    }

    private void begin() {
        for (int streamId : List.copyOf(waiting)) {
            if (!sender.streamIdle(streamId)) {
                continue;
            }
            waiting.remove(streamId);
            if (supported) {
                asked.add(streamId);
            } else {
                sender.onStreamReset(streamId);
                listener.onOutgoingReset(streamId);
            }
        }
        requestDue = !asked.isEmpty();
        tries = 0;
    }

    /** Bytes that {@link #write} takes at most, with its header. */
    static int maxBytes() {
        return 4 + 16 + 2 * MAX_WAITING;
    }

    /** Writes what is due, the answer first. */
    void write(PacketWriter out, long nowNs) {
        out.beginChunk(ChunkType.RE_CONFIG, 0);
        if (responseDue) {
            responseDue = false;
            out.putShort(RESPONSE);
            out.putShort(12);
            out.putInt(responseNumber);
            out.putInt(responseResult);
        } else {
            requestDue = false;
            resendNs = nowNs + timeout.timeoutNs();
            out.putShort(OUTGOING_RESET);
            out.putShort(16 + 2 * asked.size());
            out.putInt(ourNumber);
            out.putInt(theirNumber - 1);
            out.putInt(sender.lastTsn());
            asked.forEach(out::putShort);
        }
        out.endChunk();
    }
}
