// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;

/**
 * Stands at one viewer's way out and looks at each packet once more: whose SSRC it bears, and whether this viewer may be
 * sent that track at this moment. What must not be there is held and counted; the counter stays 0 unless the node has a
 * fault.
 *
 * <p>It shares no decision with those who sent the packet here: it knows it by its bytes alone, and asks the proof that
 * came rather than the lease. Whoever adds another way for packets passes by here too.
 *
 * <p>Thread: one.
 */
final class SinkGuard implements PacketSink {
    private final MediaEndpoint endpoint;
    private final PacketSink sink;
    /** A batch comes receiver by receiver and track by track: mostly the same as before. */
    private int lastSsrc;
    private Consumer last;
    private boolean lastCleared;

    SinkGuard(MediaEndpoint endpoint, PacketSink sink) {
        this.endpoint = endpoint;
        this.sink = sink;
    }

    /** SSRCs came or went, or the viewer is cleared for something else than before. */
    void forget() {
        last = null;
    }

    private boolean passes(PacketBuffer begun, long nowNs) {
        int ssrc = begun.getInt(8);
        Consumer consumer = last;
        if (consumer == null || ssrc != lastSsrc) {
            consumer = endpoint.consumerOf(ssrc);
            last = consumer;
            lastCleared = consumer != null && consumer.gate().foundCleared();
            lastSsrc = ssrc;
        }
        if (consumer != null && consumer.gate().permitted(lastCleared, nowNs)) {
            return true;
        }
        endpoint.room().counters.increment(Counter.FORBIDDEN_PACKETS);
        endpoint.room().counters.drop(DropReason.FORBIDDEN);
        return false;
    }

    @Override
    public boolean ready() {
        return sink.ready();
    }

    @Override
    public PacketBuffer begin() {
        return sink.begin();
    }

    @Override
    public void sendRtp(PacketBuffer begun, int headerLength, long nowNs) {
        if (passes(begun, nowNs)) {
            sink.sendRtp(begun, headerLength, nowNs);
        }
    }

    @Override
    public void sendRtp(PacketBuffer begun, int headerLength, PacketBuffer source, int from, int lengthBytes,
            long nowNs) {
        if (passes(begun, nowNs)) {
            sink.sendRtp(begun, headerLength, source, from, lengthBytes, nowNs);
        }
    }

    @Override
    public void sendRtcp(PacketBuffer begun, long nowNs) {
        sink.sendRtcp(begun, nowNs);
    }

    @Override
    public void onFault(RuntimeException fault, long nowNs) {
        sink.onFault(fault, nowNs);
    }
}
