// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.gate.PrivacyGate;

/**
 * What a face policy leaves one viewer of one track: restricted or not, and at each moment whether it may be sent.
 *
 * <p>Thread: one.
 */
final class ViewerGate {
    private final MediaEndpoint endpoint;
    private final boolean addedCleared;
    private final int addedAt;
    private Producer producer;
    /** The producer's; null while there is none. */
    private PrivacyGate gate;
    private boolean cleared;
    /** The viewer is sent the track only while its gate is open. */
    private boolean restricted;

    /** @param addedCleared what the track was added with */
    ViewerGate(MediaEndpoint endpoint, boolean addedCleared) {
        this.endpoint = endpoint;
        this.addedCleared = addedCleared;
        this.addedAt = endpoint.clearances().number();
    }

    /** The viewer is to be sent this producer. */
    void attach(Producer newProducer, boolean viewerCleared) {
        producer = newProducer;
        gate = newProducer.gate().state();
        restrict(viewerCleared);
    }

    void detach() {
        producer = null;
        gate = null;
        restricted = false;
    }

    /** Whether the viewer is cleared, or the policy, may have changed. @return whether it is restricted */
    boolean restrict(boolean nowCleared) {
        cleared = nowCleared;
        restricted = !cleared && gate.restricts();
        return restricted;
    }

    /** The viewer is cleared for the producer's participant, as was said last. */
    boolean cleared() {
        return cleared;
    }

    boolean restricted() {
        return restricted;
    }

    /**
     * The track is kept from the viewer at this moment. All packets of a batch have the same moment, and nothing that is
     * done for one of them moves the lease, so asking once for the batch is asking for each.
     */
    boolean shut(long nowNs) {
        return restricted && !gate.open(nowNs);
    }

    /** The same as far as the gate has told: for what is decided ahead of packets. */
    boolean held() {
        return restricted && gate.state() != GateState.PROVEN;
    }

    /** No proof would open it. */
    boolean barred() {
        return restricted && gate.parameters().access() == GateAccess.CLEARED;
    }

    /** The packet came before the track was proven, although its turn comes now: as late or as asked for again. */
    boolean mayNotSend(Encoding encoding, long extended) {
        return restricted && encoding.unproven(extended);
    }

    /** Whether the viewer is cleared for tracks of a participant. */
    boolean clearedFor(String participantId) {
        return endpoint.clearances().cleared(participantId, addedCleared, addedAt);
    }

    /** The same for the present producer's, found out anew: asked at the way out. */
    boolean foundCleared() {
        return producer != null && clearedFor(producer.endpoint.participantId());
    }

    /** The viewer may be sent the track at this moment, by what {@link #shut} does not look at. */
    boolean permitted(boolean foundCleared, long nowNs) {
        if (producer == null) {
            return false;
        }
        PrivacyGate asked = producer.gate().state();
        return asked.parameters().access() == GateAccess.ALL || foundCleared || asked.provenBy(nowNs);
    }
}
