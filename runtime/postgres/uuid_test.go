package postgres_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
)

func TestUUIDsGoThereAndBack(t *testing.T) {
	pool, err := postgres.Open(t.Context(), pgtest.Database(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	id, other := uuid.New(), uuid.New()
	kept := other
	var one, null uuid.UUID
	var absent, present *uuid.UUID
	var list []uuid.UUID
	var text string
	var maybe uuid.NullUUID
	err = pool.QueryRow(t.Context(), "SELECT $1::uuid, $2::uuid, $3::uuid, $4::uuid[], $1::uuid::text, $5::uuid, NULL::uuid, NULL::uuid",
		id, (*uuid.UUID)(nil), &other, []uuid.UUID{other, id}, uuid.NullUUID{UUID: other, Valid: true}).
		Scan(&one, &absent, &present, &list, &text, &maybe, &null, &kept)
	if err != nil {
		t.Fatal(err)
	}
	if one != id || text != id.String() || absent != nil || present == nil || *present != other || !slices.Equal(list, []uuid.UUID{other, id}) {
		t.Errorf("%s %s %v %v %v, want those of %s and %s", one, text, absent, present, list, id, other)
	}
	if maybe.UUID != other || !maybe.Valid || null != uuid.Nil || kept != other {
		t.Errorf("%v %v %v: a null is no UUID, and changes none", maybe, null, kept)
	}
	var same bool
	if err := pool.QueryRow(t.Context(), "SELECT $1::text = $2::text AND $1 = ANY ($3::text[])", id, id.String(), []string{id.String()}).Scan(&same); err != nil || !same {
		t.Errorf("as text: %v %v", same, err)
	}
}

// What a statement costs more when a UUID goes the long way is found in no other test.
func TestUUIDsAreWrittenAndReadAsBytes(t *testing.T) {
	pool, err := postgres.Open(t.Context(), pgtest.Database(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	c, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	m, id := c.Conn().TypeMap(), uuid.New()
	buf := make([]byte, 0, 64)
	var back uuid.UUID
	allocated := testing.AllocsPerRun(100, func() {
		var value any = id
		b, err := m.Encode(pgtype.UUIDOID, pgtype.BinaryFormatCode, value, buf)
		if err == nil {
			err = m.Scan(pgtype.UUIDOID, pgtype.BinaryFormatCode, b, &back)
		}
		if err != nil || back != id {
			t.Fatal(back, err)
		}
	})
	if allocated > 2 {
		t.Errorf("%v allocations there and back", allocated)
	}
}
