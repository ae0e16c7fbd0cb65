package bench

import (
	"slices"
	"time"
)

const (
	takes      = 5
	leastCalls = 8 // in one take, however long that is
)

// How long one take lasts; tests, which want no figure, make it shorter.
var oneTake, ledgerTake = 300 * time.Millisecond, time.Second

// perCall is how long one call of do takes: the median of some takes after a warm-up.
func perCall(do func() error) (time.Duration, error) {
	var all []time.Duration
	for i := range takes + 1 { // the first warms up
		began, calls := time.Now(), 0
		for batch := 1; calls < leastCalls || time.Since(began) < oneTake; batch = min(2*batch, 1024) {
			for range batch {
				if err := do(); err != nil {
					return 0, err
				}
			}
			calls += batch
		}
		if i > 0 {
			all = append(all, time.Since(began)/time.Duration(calls))
		}
	}
	return median(all), nil
}

// perFresh is perCall of something that can be done once with what prepare makes; prepare is not measured.
func perFresh(prepare, do func() error) (time.Duration, error) {
	var all []time.Duration
	for i := range takes + 1 { // the first warms up
		spent, calls := time.Duration(0), 0
		for ; calls < leastCalls || spent < oneTake; calls++ {
			if err := prepare(); err != nil {
				return 0, err
			}
			began := time.Now()
			if err := do(); err != nil {
				return 0, err
			}
			spent += time.Since(began)
		}
		if i > 0 {
			all = append(all, spent/time.Duration(calls))
		}
	}
	return median(all), nil
}

// median of an odd number of values is the middle one, of an even number the lower of the two; zero of none.
func median[T time.Duration | float64](values []T) T { return quantile(values, 0.5) }

// quantile is the nearest value at or below the share q of the values; zero of none.
func quantile[T time.Duration | float64](values []T, q float64) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(q*float64(len(sorted)-1))]
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func millis(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }
