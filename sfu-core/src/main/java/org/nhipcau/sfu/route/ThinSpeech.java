// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.SfuConfig;

/**
 * Finds out how thin the speech of a microphone should be for those who listen to it, on this worker or another, and how
 * long its packets: told to its sender, who alone can make it so.
 *
 * <p>All listeners get the same speech. By default it is thinned only where each of them hears more then; where the one who needs
 * it thinnest decides, the others pay with 0.1 to 0.25 of a mean opinion score. Where the publisher's own uplink is as
 * narrow, all hear more of thinner speech.
 *
 * <p>In packets of 20 ms a voice's headers take more of such an uplink than thin speech itself; in longer ones a third of
 * that. They cost all who listen as much delay, and so are wanted there only: for a narrow way to a listener the server
 * puts frames together itself ({@link AudioSender}). Thread: one. Control path.
 */
final class ThinSpeech {
    /** Nobody listens. */
    static final int NOBODY = -1;
    /** Told by another worker: its packets are to come, and whoever gets them there says nothing of how. */
    static final int NO_OPINION = Integer.MAX_VALUE;
    /** Somebody listens, to whom it is good as it is. */
    static final int AS_IT_COMES = 0;
    /** Where the publisher's own uplink carries hardly more than a voice. */
    private static final int NARROW_UPLINK_BPS = 12_000;
    /** The longest that Opus codes as one frame, and that every implementation takes (RFC 7587 §4.2). */
    private static final int NARROW_UPLINK_PACKET_MS = 60;

    private final Producer producer;
    private final SfuConfig.ThinSpeech rule;
    private final long delayNs;
    private int toldBps = AS_IT_COMES;
    private int toldPacketMs;
    private long richerSinceNs = Long.MIN_VALUE;

    /** @param delayNs for so long more must be wanted: somebody on a narrow path may be away for a moment */
    ThinSpeech(Producer producer, SfuConfig.ThinSpeech rule, long delayNs) {
        this.producer = producer;
        this.rule = rule;
        this.delayNs = delayNs;
    }

    /** Looks at the listeners; where nobody listens for now, all stays. @return whether what to tell changed */
    boolean update(long nowNs) {
        int wanted = wanted(producer.consumers(), rule);
        wanted = together(wanted, producer.exports().wantedSpeech(rule), rule);
        int packetMs = 0;
        if (rule != SfuConfig.ThinSpeech.NEVER && producer.narrowUplink()) {
            wanted = wanted > AS_IT_COMES ? Math.min(wanted, NARROW_UPLINK_BPS) : NARROW_UPLINK_BPS;
            packetMs = NARROW_UPLINK_PACKET_MS;
        }
        if (wanted == NOBODY || wanted == toldBps && packetMs == toldPacketMs) {
            richerSinceNs = Long.MIN_VALUE;
            return false;
        }
        if (packetMs < toldPacketMs || wanted != toldBps
                && (wanted == AS_IT_COMES || toldBps != AS_IT_COMES && wanted > toldBps)) {
            richerSinceNs = richerSinceNs == Long.MIN_VALUE ? nowNs : richerSinceNs;
            if (nowNs - richerSinceNs < delayNs) {
                return false;
            }
        }
        richerSinceNs = Long.MIN_VALUE;
        toldBps = wanted;
        toldPacketMs = packetMs;
        return true;
    }

    /** What some listeners want together, in bits per second; {@link #AS_IT_COMES}, {@link #NOBODY}. */
    static int wanted(Consumer[] listeners, SfuConfig.ThinSpeech rule) {
        int wanted = NOBODY;
        if (rule == SfuConfig.ThinSpeech.NEVER) {
            return AS_IT_COMES;
        }
        for (Consumer listener : listeners) {
            if (listener.forwarding()) {
                wanted = together(wanted, listener.endpoint.audioProtection().wantedSpeechBps(), rule);
            }
        }
        return wanted;
    }

    /** What two parties want together, each as {@link #wanted}. */
    static int together(int one, int other, SfuConfig.ThinSpeech rule) {
        if (one == NOBODY || other == NOBODY) {
            return Math.max(one, other);
        }
        return switch (rule) {
            case NEVER -> AS_IT_COMES;
            case ALL -> one == AS_IT_COMES || other == AS_IT_COMES ? AS_IT_COMES : Math.max(one, other);
            case ANY -> one == AS_IT_COMES || other == AS_IT_COMES ? Math.max(one, other) : Math.min(one, other);
        };
    }

    /** What the sender was told last, in bits per second; 0: as it likes. */
    int toldBps() {
        return toldBps;
    }

    /** What each packet was told to hold, in milliseconds; 0: as the sender likes. */
    int toldPacketMs() {
        return toldPacketMs;
    }
}
