-- SPDX-License-Identifier: Apache-2.0
-- Which facilities have to do with a consultation (answer, ask, have somebody on its list), to list it by. For those
-- that are there already it is filled from their events at the next start, like the mark below.

CREATE TABLE consultation_facility (
    consultation TEXT   NOT NULL,
    facility     TEXT   NOT NULL,
    created_ms   BIGINT NOT NULL,
    PRIMARY KEY (consultation, facility)
);
CREATE INDEX consultation_facility_by_time ON consultation_facility (facility, created_ms, consultation);

-- 1 once the audit record tells of every row that it is to prove.
INSERT INTO counter (name, value) VALUES ('bound', 0);
