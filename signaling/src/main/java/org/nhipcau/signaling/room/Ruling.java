// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;

/**
 * The rules of a room at one moment: who has a place, who knows of whom, who sees what of whom. Immutable; pure.
 *
 * <p>People are named by their identity.
 */
public interface Ruling {
    /** The room is shut: all stay where they are, and nothing flows. For when the rules cannot be read. */
    Ruling SHUT = new Ruling() {
        @Override
        public Standing standing(String identity) {
            return null;
        }

        @Override
        public boolean knows(String viewer, String subject) {
            return false;
        }

        @Override
        public View view(String viewer, String publisher, Source source) {
            return View.NONE;
        }

        @Override
        public Gate gate(String publisher, Source source) {
            return new Gate(GateAccess.CLEARED, "shut", OnViolation.LATCH);
        }

        @Override
        public String metadata() {
            return "";
        }

        @Override
        public String metadata(String viewer, String provenCover) {
            return "";
        }

        @Override
        public String mainScreen() {
            return null;
        }

        @Override
        public boolean over() {
            return false;
        }
    };

    /** What somebody is here; null: has no place. */
    Standing standing(String identity);

    /** Whether somebody may know that another is there. */
    boolean knows(String viewer, String subject);

    /** How somebody may receive what another sends. */
    View view(String viewer, String publisher, Source source);

    /** The face policy of what somebody sends; null: none. */
    Gate gate(String publisher, Source source);

    /** What is told of the room to who asks this server about it. */
    String metadata();

    /**
     * What one in the room is told of it: in the lobby less than inside.
     *
     * @param provenCover a camera of theirs that is proven to be covered: whether the same is to be offered clear beside
     *     it, they alone are told; empty: there is none
     */
    String metadata(String viewer, String provenCover);

    /** Who is on everybody's main screen; null: nobody. */
    String mainScreen();

    /** Whether the room is to end. */
    boolean over();

    /**
     * A face policy as the media node needs it.
     *
     * @param policyId changes whenever what was proven before must not count any more
     */
    record Gate(GateAccess access, String policyId, OnViolation onViolation) {}
}
