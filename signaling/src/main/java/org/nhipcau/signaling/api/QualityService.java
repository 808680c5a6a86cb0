// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import java.util.List;
import org.nhipcau.signaling.quality.LiveQuality;
import org.nhipcau.signaling.quality.QualityTimeline;

/** How calls go and went, behind the quality endpoint, which has checked the token. Thread: any; may block for a room. */
public interface QualityService {
    /**
     * A room right now.
     *
     * @param session its session id
     */
    record Live(String session, long atEpochMs, List<LiveQuality> participants) {}

    /** @throws ServiceException NOT_FOUND when there is no such room */
    Live live(String roomName);

    /** What is kept. */
    QualityTimeline timeline();
}
