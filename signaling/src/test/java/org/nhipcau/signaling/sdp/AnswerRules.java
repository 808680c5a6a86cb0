// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;

/** What holds for each answer to each offer (RFC 3264 §6, RFC 8843 §7.3). */
final class AnswerRules {
    private AnswerRules() {}

    static void check(SessionDescription offer, SessionDescription answer) {
        assertEquals(offer.sections().size(), answer.sections().size());
        Set<Long> ssrcs = new HashSet<>();
        for (int i = 0; i < offer.sections().size(); i++) {
            MediaSection offered = offer.sections().get(i);
            MediaSection answered = answer.sections().get(i);
            assertEquals(offered.media(), answered.media());
            assertEquals(offered.mid(), answered.mid());
            assertEquals(offered.protocol(), answered.protocol());
            assertTrue(!offered.isRejected() || answered.port() == 0, "a refused section is accepted");
            assertFalse(answered.direction().sends() && !offered.direction().receives()
                    && answered.isRtp(), "sends what is not received");
            assertFalse(answered.direction().receives() && !offered.direction().sends()
                    && answered.isRtp(), "receives what is not sent");
            assertEquals(answered.port() != 0 && !offer.bundle().isEmpty(),
                    answer.bundle().contains(answered.mid()));
            assertTrue(offer.bundle().containsAll(answer.bundle()));
            Set<Integer> payloadTypes = new HashSet<>();
            offered.formats().forEach(format -> payloadTypes.add(format.payloadType()));
            answered.formats().forEach(format -> assertTrue(payloadTypes.remove(format.payloadType())));
            answered.ssrcs().stream().map(MediaSection.Ssrc::ssrc).forEach(ssrc -> assertTrue(ssrcs.add(ssrc)));
            for (HeaderExtension extension : answered.extensions()) {
                assertTrue(offered.extensions().stream()
                        .anyMatch(e -> e.id() == extension.id() && e.uri().equals(extension.uri())));
            }
        }
        assertTrue(answer.iceLite());
    }
}
