-- Catalog, counters, ledger and alert outbox of QuotaGuard.
-- Every name is qualified through the placeholder, so that one file serves Flyway, a host's own Flyway and a plain script.
-- Names are compared by bytes (collation "C"): the order in which rows are locked must not depend on the database's locale.

-- A role that owns the schema but may not create one runs this as well.
DO $do$
BEGIN
    IF to_regnamespace('${quota_schema}') IS NULL THEN
        CREATE SCHEMA ${quota_schema};
    END IF;
END
$do$;

-- The version that the code compares with its own before it does anything else.
CREATE TABLE ${quota_schema}.schema_info (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  integer NOT NULL
);
INSERT INTO ${quota_schema}.schema_info (version) VALUES (1);

-- ---------------------------------------------------------------- catalog

-- What a decision asks of a plan; everything else stands in its versions.
CREATE TABLE ${quota_schema}.plan (
    code     text COLLATE "C" PRIMARY KEY,
    version  bigint NOT NULL CHECK (version >= 1),
    status   text   NOT NULL CHECK (status IN ('ACTIVE', 'INACTIVE', 'DELETED')),
    fallback text COLLATE "C" REFERENCES ${quota_schema}.plan (code) CHECK (fallback <> code)
);
COMMENT ON COLUMN ${quota_schema}.plan.fallback
    IS 'the plan in the place of this one when it is deleted, or when a subscription to it ends; following it never leads back';

-- Every version that a plan ever had, the current one included (R23); the last of a deleted plan says what it was.
CREATE TABLE ${quota_schema}.plan_version (
    code           text COLLATE "C" NOT NULL REFERENCES ${quota_schema}.plan (code),
    version        bigint           NOT NULL CHECK (version >= 1),
    status         text             NOT NULL CHECK (status IN ('ACTIVE', 'INACTIVE', 'DELETED')),
    display_name   text             NOT NULL,
    description    text,
    price_amount   numeric CHECK (price_amount >= 0),
    price_currency text,
    billing_cycle  text CHECK (billing_cycle IN ('WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY')),
    display_order  integer          NOT NULL,
    fallback       text COLLATE "C",
    saved_at       timestamptz      NOT NULL,
    PRIMARY KEY (code, version),
    CHECK ((price_amount IS NULL) = (price_currency IS NULL))
);

CREATE TABLE ${quota_schema}.plan_feature (
    code           text COLLATE "C" NOT NULL,
    version        bigint           NOT NULL,
    feature        text COLLATE "C" NOT NULL,
    position       integer          NOT NULL,
    limit_units    bigint           NOT NULL CHECK (limit_units BETWEEN -1 AND 9007199254740991),
    period         text             NOT NULL,
    thresholds     integer[]        NOT NULL,
    overage        text             NOT NULL CHECK (overage ~ '^(hard|soft|[+][0-9]{1,16}%?)$'),
    failure_policy text             NOT NULL CHECK (failure_policy IN ('CLOSED', 'OPEN')),
    display_name   text,
    unit           text,
    draw_credits   text COLLATE "C",
    draw_rate      bigint CHECK (draw_rate >= 1),
    PRIMARY KEY (code, version, feature),
    CHECK ((draw_credits IS NULL) = (draw_rate IS NULL)),
    FOREIGN KEY (code, version) REFERENCES ${quota_schema}.plan_version (code, version)
);
COMMENT ON COLUMN ${quota_schema}.plan_feature.overage
    IS 'what may go beyond the limit (R41): hard for nothing, soft for anything, +100 units or +10%';

-- One row per subject that ever had a subscription, an override, a grant or a pool; the revision counts the changes of all.
CREATE TABLE ${quota_schema}.subscriber (
    subject  text COLLATE "C" PRIMARY KEY,
    revision bigint NOT NULL CHECK (revision >= 1)
);

-- One row per subject with a subscription: how long it runs, and what comes after it.
CREATE TABLE ${quota_schema}.subscription (
    subject        text COLLATE "C" PRIMARY KEY REFERENCES ${quota_schema}.subscriber (subject),
    started_at     timestamptz NOT NULL,
    term_kind      text        NOT NULL CHECK (term_kind IN ('OPEN', 'TRIAL', 'FIXED', 'RENEWING')),
    term_cycle     text CHECK (term_cycle IN ('WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY')),
    ends_at        timestamptz,
    cancelled_from timestamptz,
    fallback       text COLLATE "C" REFERENCES ${quota_schema}.plan (code)
);
COMMENT ON COLUMN ${quota_schema}.subscription.fallback IS 'the plan from the end on; null for the default plan';
CREATE INDEX subscription_by_fallback ON ${quota_schema}.subscription (fallback, subject) WHERE fallback IS NOT NULL;

CREATE TABLE ${quota_schema}.subscription_phase (
    subject        text COLLATE "C" NOT NULL REFERENCES ${quota_schema}.subscriber (subject),
    position       integer          NOT NULL,
    plan_code      text COLLATE "C" NOT NULL REFERENCES ${quota_schema}.plan (code),
    pinned_version bigint,
    asked_at       timestamptz      NOT NULL,
    starts         text             NOT NULL CHECK (starts IN ('NOW', 'AT_WINDOW_END')),
    PRIMARY KEY (subject, position)
);
-- Who has a plan, in the order in which they are read; and whether anybody has.
CREATE INDEX subscription_phase_by_plan ON ${quota_schema}.subscription_phase (plan_code, subject);

-- The subject's cadence: position 0 is the first anchor, the others are its changes (R17).
CREATE TABLE ${quota_schema}.subscription_anchor (
    subject        text COLLATE "C" NOT NULL REFERENCES ${quota_schema}.subscriber (subject),
    position       integer          NOT NULL,
    zone           text             NOT NULL,
    offset_seconds integer,
    origin         timestamp        NOT NULL,
    changed_at     timestamptz,
    PRIMARY KEY (subject, position),
    CHECK ((position = 0) = (changed_at IS NULL))
);
COMMENT ON COLUMN ${quota_schema}.subscription_anchor.offset_seconds
    IS 'seconds east of UTC when the zone''s clock never changes, so that such zones need no name known to the server';

CREATE TABLE ${quota_schema}.feature_override (
    subject        text COLLATE "C" NOT NULL REFERENCES ${quota_schema}.subscriber (subject),
    feature        text COLLATE "C" NOT NULL,
    limit_units    bigint CHECK (limit_units BETWEEN -1 AND 9007199254740991),
    period         text,
    thresholds     integer[],
    overage        text CHECK (overage ~ '^(hard|soft|[+][0-9]{1,16}%?)$'),
    failure_policy text CHECK (failure_policy IN ('CLOSED', 'OPEN')),
    expires_at     timestamptz,
    PRIMARY KEY (subject, feature)
);
CREATE INDEX feature_override_by_feature ON ${quota_schema}.feature_override (feature, subject);

-- Who belongs to whose pool (R40). Changes of any membership are made one after the other, so that no two of them close a
-- circle together.
CREATE TABLE ${quota_schema}.membership (
    subject text COLLATE "C" PRIMARY KEY REFERENCES ${quota_schema}.subscriber (subject),
    pool    text COLLATE "C" NOT NULL CHECK (pool <> subject)
);
CREATE INDEX membership_by_pool ON ${quota_schema}.membership (pool, subject);

-- Units on top of a plan's allowance (R38). What is left is the only column that uses change, in their own transaction and
-- after they have locked their counters.
CREATE TABLE ${quota_schema}.usage_grant (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject      text COLLATE "C" NOT NULL REFERENCES ${quota_schema}.subscriber (subject),
    feature      text COLLATE "C" NOT NULL,
    amount       bigint           NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
    units_left   bigint           NOT NULL CHECK (units_left BETWEEN 0 AND amount),
    priority     integer          NOT NULL,
    effective_at timestamptz,
    expires_at   timestamptz,
    source       text             NOT NULL CHECK (source IN ('PURCHASE', 'PROMOTION', 'COMPENSATION')),
    granted_at   timestamptz      NOT NULL,
    voided_at    timestamptz
);
CREATE INDEX usage_grant_by_subject ON ${quota_schema}.usage_grant (subject, feature, id);

CREATE TABLE ${quota_schema}.default_plan (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    plan_code text COLLATE "C" REFERENCES ${quota_schema}.plan (code),
    revision  bigint NOT NULL CHECK (revision >= 1)
);

-- The audit (R44).
CREATE TABLE ${quota_schema}.catalog_change (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entity      text             NOT NULL
                CHECK (entity IN ('PLAN', 'DEFAULT_PLAN', 'SUBSCRIPTION', 'OVERRIDE', 'GRANT', 'MEMBERSHIP', 'COUNTER')),
    name        text COLLATE "C" NOT NULL,
    actor       text             NOT NULL,
    reason      text,
    request_key text COLLATE "C",
    fingerprint text             NOT NULL,
    attempt     uuid             NOT NULL UNIQUE,
    before      jsonb,
    after       jsonb,
    revision    bigint           NOT NULL,
    at          timestamptz      NOT NULL,
    tx          xid8             NOT NULL DEFAULT pg_current_xact_id()
);
COMMENT ON COLUMN ${quota_schema}.catalog_change.attempt
    IS 'made by the client for each change, so that it can tell whether one whose reply was lost is committed';
COMMENT ON COLUMN ${quota_schema}.catalog_change.tx
    IS 'the transaction that made the change: what is new is told by snapshots, since a smaller id may be committed later';
-- A repair writes one row per counter, all under the repair's key.
CREATE UNIQUE INDEX catalog_change_request_key ON ${quota_schema}.catalog_change (request_key) WHERE entity <> 'COUNTER';
CREATE INDEX catalog_change_by_name ON ${quota_schema}.catalog_change (name, id);
CREATE INDEX catalog_change_by_actor ON ${quota_schema}.catalog_change (actor, id);
CREATE INDEX catalog_change_by_tx ON ${quota_schema}.catalog_change (tx);

-- ---------------------------------------------------------------- counters and ledger

-- Updated in place (HOT): room is left on each page, and no index holds a column that changes. Neither this table nor the
-- ledger has check constraints: the server reads each of them anew from its text for every statement, a third of the cost
-- of a use. The functions are what writes here, and they count no further than 2^53 - 1 (R6).
CREATE TABLE ${quota_schema}.usage_counter (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject      text COLLATE "C" NOT NULL,
    feature      text COLLATE "C" NOT NULL,
    window_start timestamptz      NOT NULL,
    window_end   timestamptz      NOT NULL,
    used         bigint           NOT NULL DEFAULT 0,
    held         bigint           NOT NULL DEFAULT 0,
    fired        integer[]        NOT NULL DEFAULT '{}',
    generation   bigint           NOT NULL DEFAULT 0,
    burned       bigint           NOT NULL DEFAULT 0,
    held_until   timestamptz      NOT NULL DEFAULT 'infinity',
    last_reset   bigint           NOT NULL DEFAULT 0,
    UNIQUE (subject, feature, window_start, window_end)
) WITH (fillfactor = 60);
-- What has ended, the first to go first; neither column ever changes, so that updates stay in place.
CREATE INDEX usage_counter_by_end ON ${quota_schema}.usage_counter (window_end, id) WHERE window_end < 'infinity';
COMMENT ON COLUMN ${quota_schema}.usage_counter.window_end IS 'infinity for the window that never ends';
COMMENT ON COLUMN ${quota_schema}.usage_counter.fired IS 'thresholds in percent whose alerts fired and are not re-armed (R29)';

COMMENT ON COLUMN ${quota_schema}.usage_counter.burned IS 'units of used that came from grants (R38)';
COMMENT ON COLUMN ${quota_schema}.usage_counter.held_until
    IS 'when the first of the holds in held expires: from then on held counts too much, until the next call puts it right';
COMMENT ON COLUMN ${quota_schema}.usage_counter.last_reset
    IS 'the ledger row of the last manual reset: what came before it was taken back, and cannot be again';

-- The truth (R42): appended, never edited. The identity of a key is hashed into one short column whose values grow with
-- time when the key is a version 7 UUID, so that the unique index is written at its hot end.
CREATE TABLE ${quota_schema}.usage_record (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dedup          uuid             NOT NULL UNIQUE,
    subject        text COLLATE "C" NOT NULL,
    feature        text COLLATE "C" NOT NULL,
    window_start   timestamptz      NOT NULL,
    window_end     timestamptz      NOT NULL,
    operation      text             NOT NULL,
    amount         bigint           NOT NULL,
    used_after     bigint           NOT NULL,
    held_after     bigint           NOT NULL,
    limit_units    bigint           NOT NULL,
    overage        bigint           NOT NULL DEFAULT 0,
    grants         jsonb,
    source         text             NOT NULL,
    source_plan    text,
    source_version bigint           NOT NULL,
    key            text COLLATE "C" NOT NULL,
    fingerprint    bigint           NOT NULL,
    origin_subject text COLLATE "C",
    origin_feature text COLLATE "C",
    origin_rate    bigint,
    charged_with   uuid[],
    corrects       bigint,
    degraded       boolean          NOT NULL,
    metadata       jsonb,
    recorded_at    timestamptz      NOT NULL
);
-- With what statistics add up: a subject's rows are spread over the whole table, and would be read one page for each.
CREATE INDEX usage_record_by_subject ON ${quota_schema}.usage_record (subject, id)
    INCLUDE (feature, operation, amount, overage, recorded_at);
CREATE INDEX usage_record_by_corrected ON ${quota_schema}.usage_record (corrects) WHERE corrects IS NOT NULL;
-- A few pages for a whole ledger, and nothing to keep in order: rows come as time goes.
CREATE INDEX usage_record_by_time ON ${quota_schema}.usage_record USING brin (recorded_at) WITH (pages_per_range = 32);
COMMENT ON COLUMN ${quota_schema}.usage_record.grants IS 'units of amount that came from grants, by grant (R38)';
COMMENT ON COLUMN ${quota_schema}.usage_record.origin_subject
    IS 'with origin_feature, the use on whose behalf this counter was charged, origin_rate units for each of it (R40)';
COMMENT ON COLUMN ${quota_schema}.usage_record.charged_with
    IS 'for a use itself, the dedup of the rows charged on its behalf';
COMMENT ON COLUMN ${quota_schema}.usage_record.corrects IS 'the row of which this one takes something back (R37)';

-- ---------------------------------------------------------------- reservations

-- A hold is in the ledger as a row without units, which keeps its key; its id is that row's dedup.
CREATE TABLE ${quota_schema}.reservation (
    id         uuid PRIMARY KEY,
    subject    text COLLATE "C" NOT NULL,
    feature    text COLLATE "C" NOT NULL,
    key        text COLLATE "C" NOT NULL,
    units      bigint           NOT NULL CHECK (units >= 1),
    state      text             NOT NULL CHECK (state IN ('HELD', 'COMMITTED', 'RELEASED')),
    committed  bigint,
    expires_at timestamptz      NOT NULL,
    metadata   jsonb
);
COMMENT ON COLUMN ${quota_schema}.reservation.state
    IS 'HELD also when it has expired: whoever reads it compares expires_at with the clock (R35)';

-- The counters of which a hold keeps units.
CREATE TABLE ${quota_schema}.reservation_line (
    reservation    uuid             NOT NULL REFERENCES ${quota_schema}.reservation (id),
    position       integer          NOT NULL,
    counter        bigint           NOT NULL,
    subject        text COLLATE "C" NOT NULL,
    feature        text COLLATE "C" NOT NULL,
    window_start   timestamptz      NOT NULL,
    window_end     timestamptz      NOT NULL,
    origin_subject text COLLATE "C",
    origin_feature text COLLATE "C",
    origin_rate    bigint,
    units          bigint           NOT NULL CHECK (units >= 1),
    expires_at     timestamptz      NOT NULL,
    counted        boolean          NOT NULL DEFAULT true,
    PRIMARY KEY (reservation, position)
);
COMMENT ON COLUMN ${quota_schema}.reservation_line.counted IS 'whether its units stand in the counter''s held';
CREATE INDEX reservation_line_by_expiry ON ${quota_schema}.reservation_line (counter, expires_at) WHERE counted;

-- ---------------------------------------------------------------- alert outbox

CREATE TABLE ${quota_schema}.quota_alert (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject       text COLLATE "C" NOT NULL,
    feature       text COLLATE "C" NOT NULL,
    window_start  timestamptz      NOT NULL,
    window_end    timestamptz      NOT NULL,
    threshold     integer          NOT NULL,
    generation    bigint           NOT NULL,
    used          bigint           NOT NULL,
    limit_units   bigint           NOT NULL,
    fired_at      timestamptz      NOT NULL,
    due_at        timestamptz      NOT NULL,
    sent_at       timestamptz,
    claimed_by    text,
    claimed_until timestamptz,
    attempts      integer          NOT NULL DEFAULT 0,
    failures      integer          NOT NULL DEFAULT 0,
    parked_at     timestamptz,
    read_at       timestamptz,
    UNIQUE (subject, feature, window_start, window_end, threshold, generation)
);
COMMENT ON COLUMN ${quota_schema}.quota_alert.attempts IS 'how often it was claimed';
COMMENT ON COLUMN ${quota_schema}.quota_alert.failures IS 'how often a listener failed on it; enough of them park it';
CREATE INDEX quota_alert_by_subject ON ${quota_schema}.quota_alert (subject, id);
-- Only what may be purged, by its age.
CREATE INDEX quota_alert_sent ON ${quota_schema}.quota_alert (fired_at) WHERE sent_at IS NOT NULL;
-- Small whatever the history: only what still has to be delivered stands in them.
CREATE INDEX quota_alert_unsent ON ${quota_schema}.quota_alert (id) WHERE sent_at IS NULL;
CREATE INDEX quota_alert_unsent_by_counter
    ON ${quota_schema}.quota_alert (subject, feature, window_start, window_end, id) WHERE sent_at IS NULL;
