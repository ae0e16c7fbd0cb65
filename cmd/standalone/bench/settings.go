package bench

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// settings of the parts that need servers.
type settings struct {
	users  int           // virtual users, each with one application at a time
	rounds int           // of each variant
	each   time.Duration // of one round, after its own warm-up
	load   time.Duration // of the national load; each higher rate is tried for a third of it
}

const (
	mostUsers   = 256
	mostRounds  = 100
	mostSeconds = 600
)

func readSettings() (s settings, err error) {
	seconds, load := 0, 0
	for _, v := range []struct {
		name     string
		into     *int
		fallback int
		most     int
	}{
		{"DIWAN_BENCH_USERS", &s.users, 16, mostUsers}, {"DIWAN_BENCH_ROUNDS", &s.rounds, 12, mostRounds}, {"DIWAN_BENCH_SECONDS", &seconds, 2, mostSeconds},
		{"DIWAN_BENCH_LOAD_SECONDS", &load, 60, mostSeconds},
	} {
		*v.into = v.fallback
		text := os.Getenv(v.name)
		if text == "" {
			continue
		}
		if *v.into, err = strconv.Atoi(text); err != nil || *v.into < 1 || *v.into > v.most {
			return s, fmt.Errorf("%s=%q is not a number from 1 to %d", v.name, text, v.most)
		}
	}
	s.each, s.load = time.Duration(seconds)*time.Second, time.Duration(load)*time.Second
	return s, nil
}
