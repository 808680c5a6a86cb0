-- SPDX-License-Identifier: Apache-2.0
-- One text for SQLite and PostgreSQL: times are milliseconds since 1970, truth is 0 or 1, ids are counted here.

CREATE TABLE consultation (
    id           TEXT    NOT NULL PRIMARY KEY,
    version      BIGINT  NOT NULL,
    state        TEXT    NOT NULL,
    emergency    INTEGER NOT NULL,
    facility     TEXT    NOT NULL,
    level        TEXT    NOT NULL,
    province     TEXT    NOT NULL,
    district     TEXT    NOT NULL,
    created_ms   BIGINT  NOT NULL,
    scheduled_ms BIGINT,
    started_ms   BIGINT,
    ended_ms     BIGINT,
    due_ms       BIGINT,
    outcome      TEXT    NOT NULL,
    changed_ms   BIGINT  NOT NULL
);
CREATE INDEX consultation_by_time ON consultation (created_ms, id);
CREATE INDEX consultation_by_start ON consultation (started_ms);
CREATE INDEX consultation_by_state ON consultation (state);
CREATE INDEX consultation_by_due ON consultation (due_ms);

CREATE TABLE consultation_event (
    consultation TEXT   NOT NULL REFERENCES consultation (id),
    version      BIGINT NOT NULL,
    at_ms        BIGINT NOT NULL,
    type         TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    PRIMARY KEY (consultation, version)
);

-- What was done, chained; nothing here is ever changed, and only the oldest is let go.
CREATE TABLE audit (
    seq          BIGINT NOT NULL PRIMARY KEY,
    at_ms        BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    consultation TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    mac          TEXT   NOT NULL,
    key_id       TEXT   NOT NULL
);
CREATE INDEX audit_by_consultation ON audit (consultation, seq);
CREATE INDEX audit_by_actor ON audit (actor, seq);

-- The end of the chain; its row is what writers of several processes queue for.
CREATE TABLE audit_tip (
    id      INTEGER NOT NULL PRIMARY KEY,
    seq     BIGINT  NOT NULL,
    hash    TEXT    NOT NULL,
    touched BIGINT  NOT NULL
);
INSERT INTO audit_tip (id, seq, hash, touched)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0);

CREATE TABLE counter (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counter (name, value) VALUES ('outbox', 0);
INSERT INTO counter (name, value) VALUES ('attendance', 0);

CREATE TABLE outbox (
    id           BIGINT NOT NULL PRIMARY KEY,
    at_ms        BIGINT NOT NULL,
    consultation TEXT   NOT NULL,
    type         TEXT   NOT NULL,
    body         TEXT   NOT NULL
);
CREATE TABLE outbox_cursor (
    endpoint   TEXT    NOT NULL PRIMARY KEY,
    delivered  BIGINT  NOT NULL,
    attempts   INTEGER NOT NULL,
    next_ms    BIGINT  NOT NULL,
    last_error TEXT    NOT NULL
);
CREATE TABLE outbox_dead (
    endpoint TEXT   NOT NULL,
    id       BIGINT NOT NULL,
    at_ms    BIGINT NOT NULL,
    error    TEXT   NOT NULL,
    PRIMARY KEY (endpoint, id)
);

CREATE TABLE facility (
    code       TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    level      TEXT    NOT NULL,
    province   TEXT    NOT NULL,
    district   TEXT    NOT NULL,
    active     INTEGER NOT NULL,
    version    BIGINT  NOT NULL,
    changed_ms BIGINT  NOT NULL
);

-- What identifies is in details, sealed with a key that is itself sealed in wrapped_key; erasing empties both.
CREATE TABLE person (
    pseudonym   TEXT    NOT NULL PRIMARY KEY,
    role        TEXT    NOT NULL,
    facility    TEXT    NOT NULL,
    active      INTEGER NOT NULL,
    version     BIGINT  NOT NULL,
    created_ms  BIGINT  NOT NULL,
    erased_ms   BIGINT,
    wrapped_key TEXT,
    details     TEXT
);
CREATE INDEX person_by_facility ON person (facility, pseudonym);

CREATE TABLE attendance (
    id           BIGINT NOT NULL PRIMARY KEY,
    consultation TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    facility     TEXT   NOT NULL,
    device       TEXT   NOT NULL,
    node         TEXT   NOT NULL,
    from_ms      BIGINT NOT NULL,
    to_ms        BIGINT,
    ended_by     TEXT   NOT NULL
);
CREATE INDEX attendance_by_consultation ON attendance (consultation, from_ms);
CREATE INDEX attendance_by_person ON attendance (person);
CREATE INDEX attendance_by_time ON attendance (from_ms);

CREATE TABLE call_quality (
    consultation  TEXT    NOT NULL,
    person        TEXT    NOT NULL,
    uplink        INTEGER NOT NULL,
    from_ms       BIGINT  NOT NULL,
    to_ms         BIGINT  NOT NULL,
    audio_loss_pm INTEGER NOT NULL,
    video_loss_pm INTEGER NOT NULL,
    round_trip_ms INTEGER NOT NULL,
    jitter_ms     INTEGER NOT NULL,
    audio_kbps    INTEGER NOT NULL,
    video_kbps    INTEGER NOT NULL,
    freeze_pm     INTEGER NOT NULL,
    score_100     INTEGER NOT NULL,
    cause         TEXT    NOT NULL,
    PRIMARY KEY (consultation, person, uplink, from_ms)
);

CREATE TABLE api_key (
    id          TEXT   NOT NULL PRIMARY KEY,
    label       TEXT   NOT NULL,
    secret_hash TEXT   NOT NULL,
    scopes      TEXT   NOT NULL,
    facility    TEXT   NOT NULL,
    created_ms  BIGINT NOT NULL,
    expires_ms  BIGINT,
    revoked_ms  BIGINT
);

CREATE TABLE idempotency (
    caller       TEXT    NOT NULL,
    idem_key     TEXT    NOT NULL,
    request_hash TEXT    NOT NULL,
    claimed_ms   BIGINT  NOT NULL,
    status       INTEGER NOT NULL,
    content_type TEXT    NOT NULL,
    location     TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    PRIMARY KEY (caller, idem_key)
);
CREATE INDEX idempotency_by_time ON idempotency (claimed_ms);

-- When each process was last known to live.
CREATE TABLE pulse (
    node  TEXT   NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL
);
