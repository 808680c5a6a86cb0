// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.json;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.nhipcau.signaling.rest.json.BodyReader.UnfitException;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationDraft;
import org.nhipcau.signaling.token.StrictJson;

/** Whatever bytes come, a body is read or refused, and what is read can be written and read again. */
class BodyReaderFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void bytesNeverThrowAnythingElse(byte[] bytes) {
        ConsultationDraft draft;
        try {
            draft = BodyReader.read(bytes, ConsultationDraft.class);
        } catch (UnfitException e) {
            return;
        }
        try {
            ConsultationDraft again = BodyReader.read(StrictJson.write(BodyWriter.write(draft)),
                    ConsultationDraft.class);
            if (!again.patient().equals(draft.patient())) {
                throw new AssertionError("read otherwise than written");
            }
        } catch (UnfitException e) {
            throw new AssertionError(e.problems().toString(), e);
        }
    }
}
