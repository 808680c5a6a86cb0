// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.SfuConfig;

/**
 * Finds out how thin the speech of a microphone should be for those who listen to it, on this worker or another: told to
 * its sender, who alone can make it thinner.
 *
 * <p>All listeners get the same speech. By default it is thinned only where each of them hears more then; where the one who needs
 * it thinnest decides, the others pay with 0.1 to 0.25 of a mean opinion score. Where the publisher's own uplink is as
 * narrow, all hear more of thinner speech. Thread: one. Control path.
 */
final class ThinSpeech {
    /** Nobody listens. */
    static final int NOBODY = -1;
    /** Somebody listens, to whom it is good as it is. */
    static final int AS_IT_COMES = 0;
    /** Where the publisher's own uplink carries hardly more than a voice. */
    private static final int NARROW_UPLINK_BPS = 12_000;

    private final Producer producer;
    private final SfuConfig.ThinSpeech rule;
    private final long delayNs;
    private int toldBps = AS_IT_COMES;
    private long richerSinceNs = Long.MIN_VALUE;

    /** @param delayNs for so long more must be wanted: somebody on a narrow path may be away for a moment */
    ThinSpeech(Producer producer, SfuConfig.ThinSpeech rule, long delayNs) {
        this.producer = producer;
        this.rule = rule;
        this.delayNs = delayNs;
    }

    /** Looks at the listeners; where nobody listens for now, all stays. @return whether {@link #toldBps} changed */
    boolean update(long nowNs) {
        int wanted = wanted(producer.consumers(), rule);
        wanted = together(wanted, producer.exports().wantedSpeech(rule), rule);
        if (rule != SfuConfig.ThinSpeech.NEVER && producer.narrowUplink()) {
            wanted = wanted > AS_IT_COMES ? Math.min(wanted, NARROW_UPLINK_BPS) : NARROW_UPLINK_BPS;
        }
        if (wanted == NOBODY || wanted == toldBps) {
            richerSinceNs = Long.MIN_VALUE;
            return false;
        }
        if (wanted == AS_IT_COMES || toldBps != AS_IT_COMES && wanted > toldBps) {
            richerSinceNs = richerSinceNs == Long.MIN_VALUE ? nowNs : richerSinceNs;
            if (nowNs - richerSinceNs < delayNs) {
                return false;
            }
        }
        richerSinceNs = Long.MIN_VALUE;
        toldBps = wanted;
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
}
