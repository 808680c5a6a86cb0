// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import org.nhipcau.sfu.api.GateParameters;

/** What a transport's tracks are born with under a face policy; {@link Oversight} knows. Thread: the room's. */
interface GateTerms {
    /** In a room without rules of its own. */
    GateTerms NONE = new GateTerms() {
        @Override
        public GateParameters gate(String trackSid) {
            return GateParameters.NONE;
        }

        @Override
        public String publisher(String trackSid) {
            return "";
        }

        @Override
        public boolean cleared(String publisherSid) {
            return false;
        }
    };

    /** The policy that a track of this participant is published under. */
    GateParameters gate(String trackSid);

    /** Who sends a track; empty when it is gone. */
    String publisher(String trackSid);

    /** Whether this participant may see clear faces of another. */
    boolean cleared(String publisherSid);
}
