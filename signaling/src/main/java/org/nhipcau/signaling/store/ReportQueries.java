// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Counts and lists (D4). Read-only. Thread: any; blocks. */
public interface ReportQueries {
    /** What the rows of a report are made by. */
    enum Grouping { DAY, MONTH, PROVINCE, DISTRICT, FACILITY, ROLE, TOTAL }

    /**
     * What is counted: sessions that were in session within the span.
     *
     * @param from inclusive
     * @param to exclusive
     * @param province empty: all; of the facility that asked
     * @param role empty: all; counts only stays in that role
     */
    record Question(Instant from, Instant to, String province, String district, String facility, String role,
            Grouping grouping) {}

    /**
     * One row.
     *
     * @param key of the group: a day (2026-11-22, Vietnam's time), a month, a code, a role
     * @param sessions consultations that took place
     * @param participants people, each once per row
     * @param minutes of all stays together, rounded up once
     */
    record Row(String key, long sessions, long emergencies, long participants, long stays, long minutes) {}

    /**
     * What to list. Empty texts: all.
     *
     * @param facility answers, asks, or has somebody on the list
     */
    record ConsultationFilter(String state, String facility, String province, String district, Instant from,
            Instant to) {}

    /** One consultation in a list. */
    record Summary(String id, long version, String state, boolean emergency, String facility, String province,
            String district, Instant createdAt, Instant scheduledAt, Instant startedAt, Instant endedAt,
            String outcome) {}

    List<Row> report(Question question);

    /** Newest first. */
    Page<Summary> consultations(ConsultationFilter filter, String after, int limit);

    Optional<Summary> consultation(String id);

    /** Ids of those that are not over. */
    List<String> open();
}
