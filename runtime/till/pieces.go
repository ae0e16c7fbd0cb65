package till

// pieces are the notes and coins in use, in minor units, the largest first.
var pieces = map[string][]int64{
	"ILS": {20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 10},
	"JOD": {50000, 20000, 10000, 5000, 1000, 500, 250, 100, 50, 10, 5},
	"KZT": {2000000, 1000000, 500000, 200000, 100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100},
	"QAR": {50000, 20000, 10000, 5000, 1000, 500, 100, 50, 25},
	"EUR": {50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1},
	"USD": {10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1},
}

// Pieces are the values of the notes and coins of a currency, in minor units and the largest first; none where they are not known, and then the
// sum is counted.
func Pieces(currency string) []int64 { return pieces[currency] }
