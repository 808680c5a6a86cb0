// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.util.ArrayList;
import java.util.List;

/** All commands that hold although they could not be recorded yet, in order, over a crash too. Thread: any; blocks. */
final class Backlog {
    private final Spool spool;
    private final List<Unrecorded> entries;

    Backlog(Spool spool) {
        this.spool = spool;
        this.entries = new ArrayList<>(spool.unrecorded());
    }

    synchronized void add(Unrecorded entry) {
        entries.add(entry);
        spool.keepUnrecorded(entries);
    }

    synchronized void remove(Unrecorded entry) {
        entries.remove(entry);
        spool.keepUnrecorded(entries);
    }

    /** Those of one consultation. */
    synchronized List<Unrecorded> of(String consultation) {
        return entries.stream().filter(entry -> entry.consultation().equals(consultation)).toList();
    }

    /** The consultations that have any. */
    synchronized List<String> consultations() {
        return entries.stream().map(Unrecorded::consultation).distinct().toList();
    }
}
