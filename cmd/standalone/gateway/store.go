package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// store is everything that is kept, in a schema of its own.
type store struct{ pool *pgxpool.Pool }

// The numbers of an amount are kept as numeric; the merchant's own spelling of the value is kept beside it.
const schema = `
create schema if not exists sample_gateway;
create table if not exists sample_gateway.checkout (
	id text primary key,
	key text not null unique,
	body_hash bytea not null,
	reference text not null,
	value jsonb not null,
	amount numeric not null check (amount > 0),
	currency text not null,
	description jsonb not null,
	return_url text not null,
	callback_url text not null,
	status text not null check (status in ('open', 'paid', 'declined', 'expired', 'cancelled')),
	expires timestamptz not null
);
create index if not exists checkout_open on sample_gateway.checkout (expires) where status = 'open';
create table if not exists sample_gateway.refund (
	id text primary key,
	checkout text not null references sample_gateway.checkout,
	key text not null,
	body_hash bytea not null,
	value jsonb not null,
	amount numeric not null check (amount > 0),
	unique (checkout, key)
);
create table if not exists sample_gateway.callback (
	id bigint generated always as identity primary key,
	checkout text not null references sample_gateway.checkout,
	body text not null,
	forged boolean not null default false,
	due timestamptz not null,
	attempts int not null default 0,
	ended text check (ended in ('delivered', 'given up'))
);
create index if not exists callback_due on sample_gateway.callback (due) where ended is null;
create table if not exists sample_gateway.payout (
	id text primary key,
	key text not null unique,
	body_hash bytea not null,
	reference text not null,
	value jsonb not null,
	amount numeric not null check (amount > 0),
	currency text not null,
	iban text not null,
	checkout text not null,
	callback_url text not null,
	status text not null check (status in ('pending', 'paid', 'failed')),
	failure text not null default '',
	due timestamptz not null
);
create index if not exists payout_due on sample_gateway.payout (due) where status = 'pending';
alter table sample_gateway.callback alter checkout drop not null, add column if not exists payout text references sample_gateway.payout;
alter table sample_gateway.payout drop constraint payout_status_check, add constraint payout_status_check check (status in ('pending', 'paid', 'failed', 'returned'));
alter table sample_gateway.checkout add column if not exists ended timestamptz;
alter table sample_gateway.refund add column if not exists at timestamptz;
alter table sample_gateway.payout add column if not exists ended timestamptz, add column if not exists returned timestamptz;
alter table sample_gateway.checkout add column if not exists lines jsonb;
create table if not exists sample_gateway.dispute (
	id text primary key,
	checkout text not null references sample_gateway.checkout,
	amount numeric not null check (amount > 0),
	status text not null check (status in ('taken', 'won', 'lost')),
	at timestamptz not null,
	ended timestamptz
);
create index if not exists checkout_ended on sample_gateway.checkout (ended) where status = 'paid';`

func (s store) migrate(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, schema)
	return err
}

var (
	errNotFound = errors.New("not found")
	errConflict = errors.New("the key was used with another body")
)

// checkout is one payment asked for.
type checkout struct {
	ID, Key, Reference, Currency, ReturnURL, CallbackURL, Status string

	BodyHash    []byte
	Value       json.RawMessage // as the merchant wrote it
	Amount      string          // the same as a plain number
	Description map[string]string
	Lines       []line // what it is for where that is more than one thing
	Expires     time.Time
}

const checkoutColumns = `id, key, reference, currency, return_url, callback_url, status, body_hash, value, amount::text, coalesce(description, '{}'), coalesce(lines, '[]'), expires`

func scanCheckout(row pgx.Row) (c checkout, err error) {
	err = row.Scan(&c.ID, &c.Key, &c.Reference, &c.Currency, &c.ReturnURL, &c.CallbackURL, &c.Status, &c.BodyHash, &c.Value, &c.Amount, &c.Description, &c.Lines, &c.Expires)
	if errors.Is(err, pgx.ErrNoRows) {
		err = errNotFound
	}
	return c, err
}

// insertCheckout keeps c, or returns the one that its key made before; another body under that key is errConflict.
func (s store) insertCheckout(ctx context.Context, c checkout) (checkout, error) {
	if _, err := s.pool.Exec(ctx, `
		insert into sample_gateway.checkout (id, key, body_hash, reference, value, amount, currency, description, lines, return_url, callback_url, status, expires)
		values ($1, $2, $3, $4, $5, $6::text::numeric, $7, coalesce($8::jsonb, '{}'), coalesce($9::jsonb, '[]'), $10, $11, 'open', $12)
		on conflict (key) do nothing`,
		c.ID, c.Key, c.BodyHash, c.Reference, c.Value, c.Amount, c.Currency, c.Description, c.Lines, c.ReturnURL, c.CallbackURL, c.Expires); err != nil {
		return checkout{}, err
	}
	kept, err := scanCheckout(s.pool.QueryRow(ctx, `select `+checkoutColumns+` from sample_gateway.checkout where key = $1`, c.Key))
	if err == nil && string(kept.BodyHash) != string(c.BodyHash) {
		err = errConflict
	}
	return kept, err
}

func (s store) readCheckout(ctx context.Context, id string) (checkout, error) {
	return scanCheckout(s.pool.QueryRow(ctx, `select `+checkoutColumns+` from sample_gateway.checkout where id = $1`, id))
}

// end moves an open checkout to its last status together with its callbacks. When it is not open any more it is
// returned as it stands, and nothing is sent.
func (s store) end(ctx context.Context, id, status string, at time.Time, callbacks func(checkout) []callback) (c checkout, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		c, err = scanCheckout(tx.QueryRow(ctx, `update sample_gateway.checkout set status = $2, ended = $3 where id = $1 and status = 'open' returning `+checkoutColumns, id, status, at))
		if errors.Is(err, errNotFound) {
			c, err = scanCheckout(tx.QueryRow(ctx, `select `+checkoutColumns+` from sample_gateway.checkout where id = $1`, id))
			return err
		}
		if err != nil {
			return err
		}
		return insertCallbacks(ctx, tx, callbacks(c))
	})
	return c, err
}

// expired are open checkouts whose time is over.
func (s store) expired(ctx context.Context, now time.Time) ([]string, error) {
	rows, err := s.pool.Query(ctx, `select id from sample_gateway.checkout where status = 'open' and expires <= $1 order by expires limit 100`, now)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
