// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import org.nhipcau.signaling.consultation.ConsultationCommand.*;

/**
 * Where commands go that show less or let fewer in: to running media first, and from there to the journal, so that no
 * journal can hold them up.
 *
 * <p>Thread: any that may block.
 */
public interface Tightener {
    /** What a command came to: it holds in any case. @param recorded false: it waits for the journal */
    record Tightened(Consultation now, boolean recorded) { }

    /** A consultation as it holds now for those in its room, on record or not; null when nobody is in it. */
    Consultation running(String id);

    /**
     * Carries out a command that {@link #tightens}.
     *
     * @throws RefusedException when it may not be done
     * @throws JournalUnavailableException when it cannot be recorded, and there is no room in which it could hold
     */
    Tightened tighten(String id, ConsultationCommand command, Actor actor);

    /**
     * Puts on record what of a consultation waits for it: nothing may overtake that, least of all what opens.
     *
     * @throws JournalUnavailableException while something still waits
     */
    void settle(String id);

    /** Where no rooms run: the journal is all there is. */
    static Tightener over(ConsultationService service) {
        return new Tightener() {
            @Override
            public Consultation running(String id) {
                return null;
            }

            @Override
            public Tightened tighten(String id, ConsultationCommand command, Actor actor) {
                return new Tightened(service.execute(id, command, actor), true);
            }

            @Override
            public void settle(String id) { }
        };
    }

    /** Whether a command shows less or lets fewer in, so that it holds at once, on record or not. */
    static boolean tightens(ConsultationCommand command) {
        return switch (command) {
            case WithdrawConsent _ -> true;
            case Suspend _ -> true;
            case Deny _ -> true;
            case Remove _ -> true;
            case Revoke _ -> true;
            case Mute _ -> true;
            case NarrowRole _ -> true;
            case TightenFacePolicy _ -> true;
            case CoverParticipant c -> c.covered();
            case AllowRecorder c -> !c.allowed();
            default -> false;
        };
    }
}
