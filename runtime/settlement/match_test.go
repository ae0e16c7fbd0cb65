package settlement

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/diwan-gov/diwan/catalog/formula"
)

const rounds = 300 // days of each format

// planted is a day on which both sides know the same movements, but for what was planted.
type planted struct {
	ours   []Movement
	before []Line // of the day before, and of the day after
	lines  []Line
	want   []string
}

// plant draws a day: movements of every kind and currency, some of them on another day on one side, and differences of every way.
func plant(rnd *rand.Rand) (p planted) {
	currencies := []string{"ILS", "JOD", "JPY"}
	for i := range rnd.IntN(40) {
		key := Key{kinds[rnd.IntN(len(kinds))], fmt.Sprintf("k%d", i)}
		if rnd.IntN(8) == 0 && i > 0 { // the same ID in another kind is another movement
			key.ID = fmt.Sprintf("k%d", i-1)
			if slices.ContainsFunc(p.ours, func(m Movement) bool { return m.Key == key }) || slices.ContainsFunc(p.lines, func(l Line) bool { return l.Key == key }) {
				continue
			}
		}
		amount := formula.Money{Minor: 1 + rnd.Int64N(1_000_000), Currency: currencies[rnd.IntN(len(currencies))]}
		if key.Kind == Refund || key.Kind == Payout || key.Kind == Chargeback {
			amount.Minor = -amount.Minor
		}
		m, l := Movement{Key: key, Day: day, Amount: amount, Authority: "transport"}, Line{Key: key, Day: day, Amount: amount}
		say := func(w What) { p.want = append(p.want, fmt.Sprint(key.Kind, key.ID, w)) }
		switch rnd.IntN(12) {
		case 0:
			say(MissingHere)
			p.lines = append(p.lines, l)
			continue
		case 1:
			say(MissingThere)
			p.ours = append(p.ours, m)
			continue
		case 2:
			say(OtherAmount)
			l.Amount.Minor *= 2
		case 3:
			say(OtherUnit)
			l.Amount.Currency = currencies[(slices.Index(currencies, l.Amount.Currency)+1)%len(currencies)]
		case 4:
			for range 1 + rnd.IntN(2) {
				say(Twice)
				p.lines = append(p.lines, l)
			}
		case 5: // the provider had it on the day before, and has it once more
			say(Twice)
			l.Day = "2026-11-20"
			p.before = append(p.before, l)
			l.Day = day
		case 6: // on the day before there, today here: they agree
			l.Day = "2026-11-20"
			p.before, p.ours = append(p.before, l), append(p.ours, m)
			continue
		case 7: // the other way round: it is known on whatever day
			m.Day = "2026-11-20"
		case 8: // booked on the day after: whether it agrees is looked at then
			m.Day = "2026-11-22"
			l.Amount.Minor *= 3
		case 9: // they came on different days and differ: said on the later one
			say(OtherAmount)
			l.Day, l.Amount.Minor = "2026-11-20", l.Amount.Minor*2
			p.before, p.ours = append(p.before, l), append(p.ours, m)
			continue
		}
		p.ours, p.lines = append(p.ours, m), append(p.lines, l)
	}
	rnd.Shuffle(len(p.lines), func(i, j int) { p.lines[i], p.lines[j] = p.lines[j], p.lines[i] })
	slices.Sort(p.want)
	return p
}

// Whatever is planted in a file of either format is found, and nothing else is.
func TestEveryPlantedDifferenceIsFoundAndNoOther(t *testing.T) {
	found := map[What]int{}
	for name, write := range formats {
		for seed := range uint64(rounds) {
			p := plant(rand.New(rand.NewPCG(seed, 21)))
			file := write(p.lines)
			lines, err := Parse(file, day)
			if err != nil {
				t.Fatalf("%s %d: %v\n%s", name, seed, err, file)
			}
			var got []string
			for _, d := range match(day, File, p.ours, append(lines, p.before...)) {
				got = append(got, fmt.Sprint(d.Kind, d.ID, d.What))
				found[d.What]++
				if (d.What == MissingHere) != (d.Ours.Currency == "") || (d.What == MissingThere) != (d.Theirs.Currency == "") {
					t.Errorf("%s %d: %+v", name, seed, d)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, p.want) {
				t.Fatalf("%s %d: found %v, planted %v\n%s", name, seed, got, p.want, file)
			}
		}
	}
	for _, w := range Whats {
		if found[w] < rounds {
			t.Errorf("%s was met %d times: too seldom to be shown", w, found[w])
		}
	}
}
