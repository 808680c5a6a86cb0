// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.codec.FrameMark;
import org.nhipcau.sfu.codec.LayerSet;

/**
 * Chooses, frame by frame, which spatial and temporal layers of one scalable stream (VP9, AV1, H264 with temporal
 * layers) a viewer gets, so that its decoder never meets a frame whose references it was not given.
 *
 * <p>A viewer is on one <em>decode target</em>: a spatial and a temporal layer with all they build on. Each packet says
 * which targets it belongs to ({@link FrameMark#needed}). <em>Intact</em> are the targets of which the viewer was given
 * everything that later frames build on; to one of those it can change at the first frame of any picture, to others
 * where a frame that it gets says so ({@link FrameMark#switchTo}), to all at a key picture. So a stream whose upper
 * layers build on lower ones in each picture can be thinned out at any picture, one that does so in key pictures only
 * (L3T3_KEY) needs a key picture both ways, but is sent without the lower layers in between.
 *
 * <pre>
 *  L2T1_KEY     S1  k--o--o--o--k--o     k key picture, o delta. A viewer on S1 is sent S0 in key pictures only:
 *               S0  k  o  o  o  k  o     its target 0 is not intact at the second o, so it changes at the next k.
 * </pre>
 * A missing packet may have been of any frame: then only what is wholly part of the current target stays intact, and
 * nothing changes at the picture behind it, of which it may have been the first.
 *
 * <p>Thread: one. Per packet behind the first of a frame: two compares and a bit.
 */
final class ScalableSelector {
    static final int NONE = -1;
    private static final int TEMPORAL = LayerSet.LAYERS;
    /** Changes of target remembered, a power of two; what is late by more is not worth sending. */
    private static final int REMEMBERED = 8;

    private int wanted = LayerSet.target(LayerSet.LAYERS - 1, LayerSet.LAYERS - 1);
    private int meanwhile = TEMPORAL - 1;
    private int current = NONE;
    private int intact;
    private int pictureTimestamp;
    private long highest;
    /** Where the targets of late took effect, newest at {@link #changes} - 1: packets that come late are of an older one. */
    private final long[] changedAt = new long[REMEMBERED];
    private final byte[] changedTo = new byte[REMEMBERED];
    private int changes;
    /** Whether lower spatial layers were seen to be part of upper ones between key pictures, and not to be. */
    private boolean nested;
    private boolean apart;

    /**
     * Takes the layers to be reached as soon as the stream allows.
     *
     * @param meantime temporal layer of another spatial layer that goes on until then
     */
    void want(int spatial, int temporal, int meantime) {
        wanted = LayerSet.target(spatial, temporal);
        meanwhile = Math.min(meantime, TEMPORAL - 1);
    }

    /** Nothing was forwarded for a while: the next packet begins a key picture. */
    void stop() {
        current = NONE;
    }

    /** Begins with the first packet of a key picture. */
    void begin(SourcePacket packet) {
        current = NONE;
        changes = 0;
        nested = false;
        apart = false;
        highest = packet.extended - 1;
        pictureTimestamp = (int) packet.rtp.timestamp() - 1;
        onNewest(packet);
        forward(packet);
    }

    /** Looks at one packet of the stream; only after {@link #begin}. @return whether the viewer gets it */
    boolean decide(SourcePacket packet) {
        if (packet.extended > highest) {
            onNewest(packet);
        } else if (packet.extended < changedAt[changes - 1 & REMEMBERED - 1]) {
            int target = targetAt(packet.extended);
            if (target == NONE || (packet.mark.needed >>> target & 1) == 0) {
                intact &= ~packet.mark.required;
                return false;
            }
            return mark(packet, target);
        }
        return forward(packet);
    }

    private int targetAt(long extended) {
        for (int i = changes - 1; i >= Math.max(0, changes - REMEMBERED); i--) {
            if (extended >= changedAt[i & REMEMBERED - 1]) {
                return changedTo[i & REMEMBERED - 1];
            }
        }
        return NONE;
    }

    private boolean forward(SourcePacket packet) {
        FrameMark mark = packet.mark;
        if ((mark.needed >>> current & 1) == 0) {
            intact &= ~mark.required;
            return false;
        }
        // Behind a late one others may have been left out already.
        if (mark.frameStart && packet.extended == highest) {
            intact |= mark.switchTo;
        }
        return mark(packet, current);
    }

    // The last frame of a picture bears the marker (RFC 9628 §4.1, RTP Payload Format For AV1 §4.2): also where the
    // frames of upper layers that it was the last of are left out.
    private static boolean mark(SourcePacket packet, int target) {
        packet.patchMarker(packet.marker
                || packet.mark.frameEnd && packet.mark.spatialId == target / TEMPORAL);
        return true;
    }

    private void onNewest(SourcePacket packet) {
        boolean gap = packet.extended != highest + 1;
        if (gap && current != NONE) {
            intact &= sure();
        }
        highest = packet.extended;
        FrameMark mark = packet.mark;
        if (!mark.keyFrame && current != NONE && mark.spatialId < current / TEMPORAL) {
            boolean part = (mark.needed >>> LayerSet.target(current / TEMPORAL, mark.temporalId) & 1) != 0;
            nested |= part;
            apart |= !part;
        }
        int timestamp = (int) packet.rtp.timestamp();
        if (timestamp == pictureTimestamp) {
            return;
        }
        if (packet.startsKeyFrame()) {
            intact = LayerSet.ALL;
            change(wanted, packet);
        } else if (current != wanted && packet.mark.frameStart && !gap) {
            approach(packet);
        }
        pictureTimestamp = timestamp;
    }

    // What stays intact when any packet may have been missed: targets that are sent no packet which the current one is not.
    private int sure() {
        int within = LayerSet.within(current);
        return nested && !apart ? within : within & LayerSet.ofSpatial(current / TEMPORAL);
    }

    // Goes as far towards what is wanted as can be decoded.
    private void approach(SourcePacket packet) {
        FrameMark mark = packet.mark;
        int open = intact | ((mark.needed >>> current & 1) != 0 ? mark.switchTo : 0);
        int lessTime = Math.min(current % TEMPORAL, wanted % TEMPORAL);
        int spatial = wanted - wanted % TEMPORAL;
        int stay = current - current % TEMPORAL;
        int hold = stay == spatial ? wanted % TEMPORAL : meanwhile;
        if ((open >>> wanted & 1) != 0) {
            change(wanted, packet);
        } else if ((open >>> spatial + lessTime & 1) != 0) {
            change(spatial + lessTime, packet);
        } else if (hold < current % TEMPORAL || (open >>> stay + hold & 1) != 0) {
            change(stay + hold, packet);
        }
    }

    private void change(int target, SourcePacket packet) {
        if (target != current) {
            changedAt[changes & REMEMBERED - 1] = packet.extended;
            changedTo[changes++ & REMEMBERED - 1] = (byte) target;
            current = target;
        }
    }

    /** What is wanted cannot be reached without a key picture. */
    boolean waiting() {
        return current != NONE && current / TEMPORAL != wanted / TEMPORAL
                && (intact >>> wanted - wanted % TEMPORAL & 1) == 0;
    }

    /** Spatial layer forwarded, {@link #NONE} before the first. */
    int spatial() {
        return current == NONE ? NONE : current / TEMPORAL;
    }

    /** Temporal layer forwarded. */
    int temporal() {
        return current == NONE ? LayerSet.LAYERS - 1 : current % TEMPORAL;
    }
}
