-- refunds by request (runtime/payment) --------------------------------------------------------------------------------------------------
CREATE TABLE refund_request (              -- a refund that one officer asks for and another lets happen
    id           uuid PRIMARY KEY,         -- of the refund's reason
    payment      uuid NOT NULL REFERENCES payment,
    application  uuid NOT NULL,
    authority    text NOT NULL,
    fees         text[] NOT NULL CHECK (cardinality(fees) > 0), -- whose lines go back
    reason       text NOT NULL CHECK (reason ~ '\S'),
    requested_by uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    status       text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'approved', 'declined')),
    decided_by   uuid,
    decided_at   timestamptz,
    CHECK ((status = 'requested') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (status <> 'approved' OR decided_by <> requested_by)
);
CREATE UNIQUE INDEX refund_request_open ON refund_request (payment) WHERE status = 'requested';
CREATE INDEX refund_request_application ON refund_request (application);
