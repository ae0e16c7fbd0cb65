package formula

import (
	"cmp"
	"time"
)

// Band tells whether the cell takes more than one value, and says which.
func (c Cell) Band() bool {
	return !c.Other && (c.From == nil || c.To == nil || c.Over || compareKeys(c.From, c.To) != 0)
}

// CompareCells orders cells of one column by where they begin; one without a beginning comes first.
func CompareCells(a, b Cell) int {
	switch {
	case a.From == nil && b.From == nil:
		return 0
	case a.From == nil:
		return -1
	case b.From == nil:
		return 1
	}
	if order := compareKeys(a.From, b.From); order != 0 {
		return order
	}
	if a.Over == b.Over {
		return 0
	}
	return cmp.Compare(btoi(a.Over), btoi(b.Over))
}

// Gap is -1 where next begins before c has ended, 0 where it follows at once, and 1 where there is something between them that neither takes.
// c begins first. Texts, and yes and no, have nothing between them.
func (c Cell) Gap(next Cell) int {
	if c.To == nil || next.From == nil {
		return -1
	}
	order := compareKeys(c.To, next.From)
	switch {
	case order == 0 && next.Over:
		return 0
	case order >= 0:
		return -1
	}
	if after, ok := successor(c.To); ok && !next.Over && compareKeys(after, next.From) >= 0 {
		return 0
	}
	switch c.To.(type) {
	case string, bool:
		return 0
	}
	return 1
}

// successor is the next value, for kinds that have one.
func successor(v any) (any, bool) {
	switch x := v.(type) {
	case int64:
		next, ok := addInt64(x, 1)
		return next, ok
	case Money:
		next, ok := addInt64(x.Minor, 1)
		return Money{next, x.Currency}, ok
	case Date:
		next := time.Date(x.Year, time.Month(x.Month), x.Day+1, 0, 0, 0, 0, time.UTC)
		return Date{next.Year(), int(next.Month()), next.Day()}, true
	}
	return nil, false
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
