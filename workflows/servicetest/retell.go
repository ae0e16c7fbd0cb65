package servicetest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Told is a walk of moves as a scenario.
type Told struct {
	Body string // all but what is expected, at the left margin
	// Waits is the step at which an operator is asked, who has no silence: it must be expected that the application waits there. Else "".
	Waits string
}

// Unanswered says that a registry is asked, or a draw is made, which has to be answered before the walk can be told.
const Unanswered Misplaced = "unanswered"

// Tell writes what was done on the walk as a scenario of that title. Whoever is asked now stays silent in it, so it may go on until nothing more
// happens.
func (w *Walk) Tell(title string) (Told, error) {
	t := w.tape
	if t == nil {
		return Told{}, OutOfOrder
	}
	if t.pending != nil {
		return Told{}, Unanswered
	}
	if !w.Started() && t.barred == "" {
		return Told{}, OutOfOrder
	}
	var out Told
	line := func(key, value string) { out.Body += key + ": " + value + "\n" }
	line("scenario", source.Quote(title))
	line("on", w.day)
	if sc := t.example; sc != nil {
		for _, key := range []string{"trigger", "applicant"} {
			if _, n := sc.Node().Get(key); n != nil {
				line(key, OneLine(n))
			}
		}
		if _, n := sc.Node().Get("onBehalf"); n != nil && t.as == "" {
			line("onBehalf", OneLine(n))
		}
	}
	if t.as != "" {
		line("onBehalf", flow(map[string]any{"as": t.as}))
	}
	if len(t.begun) > 0 {
		line("form", flow(t.begun))
	}
	said, err := t.replies()
	if err != nil {
		return Told{}, err
	}
	for _, s := range t.slots {
		if s.in == "incident" && !s.said {
			out.Waits = s.step
		}
	}
	for _, key := range []string{"answers", "decide", "fields", "corrections", "pay", "draw", "started", "takes"} {
		if len(said[key]) == 0 {
			continue
		}
		out.Body += key + ":\n"
		for _, name := range slices.Sorted(maps.Keys(said[key])) {
			out.Body += "  " + quoted(name) + ": " + said[key][name] + "\n"
		}
	}
	if len(t.events) > 0 {
		out.Body += "events:\n"
		for _, e := range t.events {
			out.Body += "  - " + e + "\n"
		}
	}
	return out, nil
}

// replies are what the scenario says, by key and name.
func (t *tape) replies() (map[string]map[string]string, error) {
	type turn struct {
		at   int
		word string
	}
	said := map[string]map[string][]turn{}
	listed := map[string]bool{}
	put := func(in, name string, at int, word string, list bool) {
		if said[in] == nil {
			said[in] = map[string][]turn{}
		}
		said[in][name] = append(said[in][name], turn{at, word})
		if list {
			listed[in+" "+name] = true
		}
	}
	if !t.w.Started() { // nobody was asked the form: what was answered before it is all
		for i, a := range t.opened {
			put("answers", t.asked[i], i, answered(a), false)
		}
	}
	for _, s := range t.slots {
		word, silent := silences[s.in]
		switch {
		case s.said && s.in == "incident":
			if s.word == catalog.Skip {
				put("decide", s.name, s.asked[0], s.word, false)
			}
		case s.said && s.in != "" && s.in != "book":
			put(s.in, s.name, s.asked[0], s.word, s.list)
		case !s.said && silent:
			in := s.in
			if in == "book" {
				in = "decide"
			}
			for _, at := range s.asked {
				put(in, s.name, at, word, s.list)
			}
		case !s.said && (s.in == "answers" || s.in == "draw") && t.isOpen(s):
			return nil, Unanswered
		}
		if s.said && s.step != "" {
			put("takes", s.step, s.asked[0], s.takes, false)
		}
	}
	for step, texts := range t.beside {
		for i, text := range texts {
			put("fields", step, i, text, false)
		}
	}
	out := map[string]map[string]string{}
	for in, names := range said {
		out[in] = map[string]string{}
		for name, turns := range names {
			slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.at, b.at) })
			words := make([]string, len(turns))
			for i := range turns {
				words[i] = turns[i].word
			}
			if text := sayings(in, words, listed[in+" "+name]); text != "" {
				out[in][name] = text
			}
		}
	}
	return out, nil
}

// isOpen tells whether the application waits for the reply now.
func (t *tape) isOpen(s *slot) bool {
	return slices.Contains(slices.Collect(maps.Values(t.open)), s)
}

// usualWord is what happens where a scenario says nothing.
var usualWord = map[string]string{"pay": catalog.Paid, "corrections": "{}", "fields": "{}", "takes": ""}

// sayings writes the replies under one name: one for every time, or a list with one for each. Nothing where they are what happens anyway.
func sayings(in string, words []string, list bool) string {
	all := func(word string) bool { return !slices.ContainsFunc(words, func(w string) bool { return w != word }) }
	if usual, has := usualWord[in]; has && all(usual) {
		return ""
	}
	if in == "takes" {
		for i := range words {
			if words[i] == "" { // nothing is no duration
				words[i] = "1 minute"
			}
		}
	}
	if !list && all(words[0]) {
		return words[0]
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// flow writes a value in one line, as a definition does.
func flow(v any) string {
	switch v := v.(type) {
	case nil:
		return `""`
	case string:
		return quoted(v)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = flow(v[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, quoted(name)+": "+flow(v[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return quoted(fmt.Sprint(v))
}

func quoted(text string) string {
	if text == "" {
		return `""`
	}
	return source.Quote(text)
}

// OneLine is what stands in a definition, in one line.
func OneLine(n *source.Node) string {
	switch n.Kind {
	case source.List:
		var parts []string
		for _, item := range n.Items() {
			parts = append(parts, OneLine(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case source.Mapping:
		var parts []string
		for k, v := range n.Pairs() {
			parts = append(parts, quoted(k.Value)+": "+OneLine(v))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	if _, number := strconv.ParseFloat(n.Value, 64); n.Style == source.Plain && (number == nil || n.Value == "true" || n.Value == "false") {
		return n.Value
	}
	return quoted(n.Value)
}
