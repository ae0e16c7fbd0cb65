package compare

import (
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// bound: a limit of what may be answered became stricter or looser.
func bound(w *walker, at place, k source.Key, a, b *source.Node) bool {
	code := at.codeOf()
	lower := strings.HasSuffix(at.key, "min") || strings.HasSuffix(at.key, "atLeast")
	switch {
	case a == nil:
		w.addNamed(at, code+"-stricter", "limited", a, b, arg{"new", w.shown(b, k)})
		return true
	case b == nil:
		w.addNamed(at, code+"-looser", "unlimited", a, b, arg{"old", w.shown(a, k)})
		return true
	case a.Kind != source.Scalar || b.Kind != source.Scalar:
		return false
	}
	order, ok := compareValues(a.Value, b.Value)
	if !ok || order == 0 {
		return false
	}
	way := "looser"
	if lower == (order < 0) {
		way = "stricter"
	}
	w.addNamed(at, code+"-"+way, way, a, b, arg{"old", w.shown(a, k)}, arg{"new", w.shown(b, k)})
	return true
}

// compareValues compares numbers, days, amounts of one currency and sizes of files.
func compareValues(a, b string) (int, bool) {
	if x, err := formula.ParseDecimal(a); err == nil {
		y, err := formula.ParseDecimal(b)
		return x.Cmp(y), err == nil
	}
	if x, err := formula.ParseMoney(a); err == nil {
		y, err := formula.ParseMoney(b)
		return sign(x.Minor - y.Minor), err == nil && x.Currency == y.Currency
	}
	if _, err := formula.ParseDate(a); err == nil {
		_, err := formula.ParseDate(b)
		return strings.Compare(a, b), err == nil
	}
	x, ok := size(a)
	y, same := size(b)
	return sign(x - y), ok && same
}

func sign(n int64) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// size reads 500 KB and 5 MB.
func size(s string) (int64, bool) {
	number, unit, _ := strings.Cut(s, " ")
	n, err := strconv.ParseInt(number, 10, 32)
	i := slices.Index([]string{"B", "KB", "MB", "GB"}, unit)
	if err != nil || i < 0 {
		return 0, false
	}
	for range i {
		n *= 1000
	}
	return n, true
}
