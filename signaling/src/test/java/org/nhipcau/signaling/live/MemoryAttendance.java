// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.util.ArrayList;
import java.util.List;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.store.AttendanceStore;

/** Keeps figures as long as a test lives, and dies when the test says so; stays are the journal's. */
public final class MemoryAttendance implements AttendanceStore {
    public final List<Quality> qualities = new ArrayList<>();
    public boolean dead;

    @Override
    public List<Stay> stays(String consultation) {
        return List.of();
    }

    @Override
    public List<Stay> present(String consultation) {
        return List.of();
    }

    @Override
    public void addQuality(List<Quality> spans) {
        if (dead) {
            throw new JournalUnavailableException("told to be dead", null);
        }
        qualities.addAll(spans);
    }

    @Override
    public List<Quality> quality(String consultation) {
        return List.copyOf(qualities);
    }
}
