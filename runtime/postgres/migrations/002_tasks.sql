-- What officers need beside the queue. The owner of every table here is application (runtime/application).

ALTER TABLE answer ADD COLUMN labels jsonb NOT NULL DEFAULT '{}'; -- of what somebody filled in, as in application
