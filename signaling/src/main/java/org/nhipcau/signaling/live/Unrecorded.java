// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.time.Instant;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.RefusedException;

/** A command that holds although the journal could not take it yet. */
record Unrecorded(String consultation, ConsultationCommand command, Actor actor, Instant at) {
    /** A consultation as if it had been recorded; as it is, where it would be refused by now. */
    Consultation on(Consultation before) {
        try {
            return before.apply(before.decide(command, actor, at));
        } catch (RefusedException overtaken) {
            return before;
        }
    }
}
