// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.nhipcau.signaling.consultation.Consultation.State.*;

import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;

/**
 * Which command is possible in which state: the lifecycle as one table. What else a command needs is in the rules.
 *
 * <p>Spec: requirements S3, S5, D, D1.
 */
final class CourseTable {
    private static final Set<State> OPEN = EnumSet.range(REQUESTED, SUSPENDED);
    private static final Set<State> BEFORE_THE_SESSION = EnumSet.range(REQUESTED, WAITING);
    private static final Set<State> LOBBY_IS_OPEN = EnumSet.of(WAITING, IN_SESSION, SUSPENDED);

    private static final Map<Class<? extends ConsultationCommand>, Set<State>> POSSIBLE = table();

    private CourseTable() {
    }

    private static Map<Class<? extends ConsultationCommand>, Set<State>> table() {
        Map<Class<? extends ConsultationCommand>, Set<State>> table = new LinkedHashMap<>();
        table.put(Accept.class, EnumSet.of(REQUESTED));
        table.put(Decline.class, EnumSet.of(REQUESTED));
        table.put(Expire.class, EnumSet.of(REQUESTED));
        table.put(Schedule.class, EnumSet.of(ACCEPTED, SCHEDULED, SUSPENDED));
        table.put(BeginTest.class, EnumSet.of(SCHEDULED));
        table.put(EndTest.class, EnumSet.of(TESTING));
        table.put(OpenWaiting.class, EnumSet.of(ACCEPTED, SCHEDULED, TESTING));
        table.put(Begin.class, EnumSet.of(WAITING));
        table.put(Suspend.class, EnumSet.of(IN_SESSION));
        table.put(Resume.class, EnumSet.of(SUSPENDED));
        table.put(Conclude.class, OPEN);
        table.put(DeclareEmergency.class, BEFORE_THE_SESSION);
        table.put(ConfirmEmergency.class, EnumSet.of(IN_SESSION, SUSPENDED, CONCLUDED));
        table.put(Enlist.class, OPEN);
        table.put(Approve.class, OPEN);
        table.put(Revoke.class, OPEN);
        table.put(ChangeRole.class, OPEN);
        table.put(NarrowRole.class, OPEN);
        table.put(Arrive.class, EnumSet.range(ACCEPTED, SUSPENDED));
        table.put(Leave.class, EnumSet.allOf(State.class));
        table.put(Admit.class, LOBBY_IS_OPEN);
        table.put(Deny.class, LOBBY_IS_OPEN);
        table.put(Remove.class, EnumSet.range(TESTING, SUSPENDED));
        table.put(RecordConsent.class, OPEN);
        table.put(WithdrawConsent.class, EnumSet.range(REQUESTED, CONCLUDED));
        table.put(TightenFacePolicy.class, OPEN);
        table.put(ChangeFacePolicy.class, OPEN);
        table.put(CoverParticipant.class, OPEN);
        table.put(ReleaseTrack.class, EnumSet.of(WAITING, IN_SESSION));
        table.put(NoteGate.class, EnumSet.range(TESTING, CONCLUDED));
        table.put(SetMainScreen.class, EnumSet.of(WAITING, IN_SESSION));
        table.put(Mute.class, EnumSet.range(TESTING, IN_SESSION));
        table.put(AllowRecorder.class, OPEN);
        return Collections.unmodifiableMap(table);
    }

    /** Every command with the states in which it is possible, in the order of the course. */
    static Map<Class<? extends ConsultationCommand>, Set<State>> all() {
        return POSSIBLE;
    }

    /** Whether a command is possible in a state. */
    static boolean isPossible(Class<? extends ConsultationCommand> command, State state) {
        return POSSIBLE.get(command).contains(state);
    }

    /** Why a command is not possible in a state. */
    static RefusalCode refusal(State state) {
        return switch (state) {
            case DECLINED -> RefusalCode.DECLINED;
            case EXPIRED -> RefusalCode.EXPIRED;
            case CONCLUDED -> RefusalCode.CONCLUDED;
            default -> RefusalCode.WRONG_STATE;
        };
    }
}
