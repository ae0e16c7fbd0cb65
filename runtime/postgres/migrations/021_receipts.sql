-- receipts (runtime/payment): numbered without gaps by authority and year ----------------------------------------------------------------------
ALTER TABLE payment ADD receipt text NOT NULL DEFAULT ''; -- its number; '' = nothing was received that was due, or there were no receipts yet
CREATE UNIQUE INDEX payment_receipt ON payment (authority, receipt) WHERE receipt <> '';
CREATE TABLE receipt_number (
    authority text NOT NULL,
    year      int  NOT NULL,
    last      bigint NOT NULL,
    PRIMARY KEY (authority, year)
);
