-- providers (runtime/payment) ----------------------------------------------------------------------------------------------------------
-- Several providers may be paid at: each checkout and each payout says at which, and stays there when new ones are opened elsewhere.
ALTER TABLE checkout ADD provider text; -- name in the configuration, and the third word of its accounts: clearing:AUTHORITY:PROVIDER
INSERT INTO checkout (id, reference) -- what was opened before checkouts were kept: for the payment, so without lines
    SELECT DISTINCT ON (c) c, p.id FROM payment p, unnest(p.other_checkouts || ARRAY[p.other_checkout, p.checkout]) AS c
    WHERE c <> '' AND c NOT LIKE 'bill:%' AND c NOT LIKE 'cash:%' ORDER BY c, p.id
    ON CONFLICT DO NOTHING;
UPDATE checkout SET provider = CASE WHEN id LIKE 'cs\_%' THEN 'stripe' ELSE 'gateway' END; -- there were these two, and sessions of Stripe are called so
ALTER TABLE checkout ALTER provider SET NOT NULL;
CREATE FUNCTION checkout_provider() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.provider := CASE WHEN NEW.id LIKE 'cs\_%' THEN 'stripe' ELSE 'gateway' END;
    RETURN NEW;
END $$;
CREATE TRIGGER checkout_provider BEFORE INSERT ON checkout FOR EACH ROW WHEN (NEW.provider IS NULL) EXECUTE FUNCTION checkout_provider(); -- for the version before
ALTER TABLE payout ADD provider text NOT NULL DEFAULT 'gateway'; -- that is to pay; no other one paid out
