-- SPDX-License-Identifier: Apache-2.0
-- Figures of links are numbered within their consultation, in the order in which they come, and a digest runs along: what
-- the audit record tells of them need not be read from the first. Those that are there already have the number 0.

ALTER TABLE call_quality ADD COLUMN n BIGINT NOT NULL DEFAULT 0;

CREATE TABLE quality_digest (
    consultation TEXT   NOT NULL PRIMARY KEY,
    n            BIGINT NOT NULL,
    digest       TEXT   NOT NULL
);

-- A program that does not number them would break what the record tells.
UPDATE audit_tip SET minimum_writer = 4;
