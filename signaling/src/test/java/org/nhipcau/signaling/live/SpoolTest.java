// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;

/** What the store could not take outlives a crash, whatever protects whom. */
class SpoolTest {
    private static final String SOMEBODY = "P_Somebody1111";
    private static final Instant AT = Instant.ofEpochMilli(1_780_000_000_123L);
    private static final List<ConsultationCommand> PROTECTING = List.of(new WithdrawConsent(), new Suspend("line-down"),
            new Deny(SOMEBODY), new Remove(SOMEBODY), new Revoke(SOMEBODY), new Mute(SOMEBODY, Source.MICROPHONE),
            new TightenFacePolicy(SampleConsultation.policy(FacePolicy.Mode.BLUR, Set.of(Role.CHAIR))),
            new CoverParticipant(SOMEBODY, true), new AllowRecorder(false));

    @TempDir
    Path directory;

    @Test
    void shouldGiveBackWhatItKept() throws Exception {
        Path file = directory.resolve("spool");
        List<Unrecorded> kept = PROTECTING.stream().map(command -> new Unrecorded("C_Something11", command,
                command instanceof Revoke ? Actor.leader("leader-1", "H1") : Actor.participant(SOMEBODY), AT)).toList();
        assertTrue(PROTECTING.stream().allMatch(Tightener::tightens));
        Spool.open(file).keepUnrecorded(kept);
        assertEquals(kept, Spool.open(file).unrecorded());
        Spool.open(file).keepUnrecorded(List.of());
        assertEquals(List.of(), Spool.open(file).unrecorded());
        assertFalse(Files.exists(directory.resolve("spool.new")));
    }
}
