package application

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

const (
	usualPage = 20
	mostPage  = 100
)

func (p Page) size() int {
	if p.Size <= 0 {
		return usualPage
	}
	return min(p.Size, mostPage)
}

// cursor is the place of the last item of a page: lists are cut by value, so that what is added meanwhile moves nothing.
type cursor struct {
	overdue bool
	at      time.Time
	id      uuid.UUID
	given   bool
}

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%t %d %s", c.overdue, c.at.UnixMicro(), c.id))
}

// from is the cursor's instant, or before all others where there is no cursor.
func (c cursor) from() pgtype.Timestamptz {
	if !c.given {
		return pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}
	}
	return pgtype.Timestamptz{Time: c.at, Valid: true}
}

// until is the cursor's instant, or after all others where there is no cursor.
func (c cursor) until() pgtype.Timestamptz {
	if !c.given {
		return pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}
	}
	return pgtype.Timestamptz{Time: c.at, Valid: true}
}

func (p Page) cursor() (c cursor, err error) {
	if p.After == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(p.After)
	parts := strings.Split(string(b), " ")
	if err == nil && len(parts) == 3 {
		micros, wrong := strconv.ParseInt(parts[1], 10, 64)
		id, unparsed := uuid.Parse(parts[2])
		if wrong == nil && unparsed == nil {
			return cursor{parts[0] == "true", time.UnixMicro(micros), id, true}, nil
		}
	}
	return c, fmt.Errorf("%w: cursor", ErrInvalid)
}
