-- SPDX-License-Identifier: Apache-2.0
-- Shuts out programs of before this version: they would add and take away figures of links that the audit record tells
-- of, without telling it. They name these columns with every change, and get an error for an answer.

ALTER TABLE audit_tip RENAME COLUMN touched TO turns;
ALTER TABLE call_quality RENAME COLUMN to_ms TO until_ms;

-- What a program has to be, to write here (WriterVersion.NUMBER); a migration that older programs must not write after raises
-- it. This table and this column keep their names: they are what older programs look at.
ALTER TABLE audit_tip ADD COLUMN minimum_writer BIGINT NOT NULL DEFAULT 3;
