package catalog

import (
	"regexp"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Ladder is the time limits of one wait, ascending, each with what happens when it is over.
type Ladder struct {
	source.Ranged
	Rungs []Rung
}

// Rung is one time limit: a duration since the wait began, or one before or after a day, or that day itself.
type Rung struct {
	Key    source.Text // as it is written
	Limit  Duration    // none for on
	Anchor Anchor
	Day    source.Text // formula of the day, where there is an anchor
	Then   Consequence
}

// Anchor ties a time limit to a day.
type Anchor string

// The anchors.
const (
	FromStart Anchor = ""       // counted from when the wait began
	BeforeDay Anchor = "before" // 14 days before form.eventDate
	AfterDay  Anchor = "after"  // 10 days after licence.expiresOn
	OnDay     Anchor = "on"     // on form.eventDate
)

var (
	anchored = regexp.MustCompile(`^(.+?) (before|after) (.+)$`)
	onDay    = regexp.MustCompile(`^on (.+)$`)
)

// DecodeNode takes {2 working days: remind, 14 days: lapse}.
func (l *Ladder) DecodeNode(n *source.Node, dec *source.Decoder) {
	if n.Kind != source.Mapping || n.Len() == 0 {
		dec.Expected(n, "a time limit and what happens then, such as {14 days: lapse}")
		return
	}
	var m source.Map[Consequence]
	dec.Decode(n, &m)
	l.Ranged = m.Ranged
	for i := range m.Entries {
		if r, ok := rung(m.Entries[i].Key, dec); ok {
			r.Then = m.Entries[i].Value
			l.Rungs = append(l.Rungs, r)
		}
	}
}

func rung(key source.Text, dec *source.Decoder) (Rung, bool) {
	r := Rung{Key: key}
	if m := onDay.FindStringSubmatchIndex(key.Value); m != nil {
		r.Anchor, r.Day = OnDay, key.Part(m[2], m[3])
		return r, true
	}
	limit := key
	if m := anchored.FindStringSubmatchIndex(key.Value); m != nil {
		limit, r.Anchor, r.Day = key.Part(m[2], m[3]), Anchor(key.Value[m[4]:m[5]]), key.Part(m[6], m[7])
	}
	var ok bool
	if r.Limit, ok = ParseDuration(limit.Value); !ok {
		meant := DurationMeant(limit.Value)
		if meant != "" {
			meant += strings.TrimPrefix(key.Value, limit.Value)
		}
		dec.Meant(key.Node(), "a duration such as 14 days, 2 working days or 3 hours", meant)
	}
	return r, ok
}

// Describe names the shape for the language reference.
func (*Ladder) Describe() source.Type {
	return source.Type{Kind: "time limits", Doc: "Durations, ascending, and what happens when each is over: {14 days: lapse}."}
}

// Given says whether a limit is written.
func (l *Ladder) Given() bool { return len(l.Rungs) > 0 }

// Acts tells that some rung does more than remind.
func (l *Ladder) Acts() bool {
	for i := range l.Rungs {
		if l.Rungs[i].Then.Word.Value != RemindWord {
			return true
		}
	}
	return false
}

// Last is the last rung, or nil.
func (l *Ladder) Last() *Rung {
	if len(l.Rungs) == 0 {
		return nil
	}
	return &l.Rungs[len(l.Rungs)-1]
}

// Names tells whether a rung has that word as its consequence.
func (l *Ladder) Names(word string) bool {
	for i := range l.Rungs {
		if l.Rungs[i].Then.Word.Value == word {
			return true
		}
	}
	return false
}
