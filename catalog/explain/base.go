package explain

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/txtar"
)

const baseFile = "base.txtar"

// base is the catalogue on which the examples stand.
var base = sync.OnceValue(func() map[string]string {
	content, err := files.ReadFile(baseFile)
	if err != nil {
		panic(err) // embedded
	}
	return filesOf(txtar.Parse(content).Files)
})

func filesOf(all []txtar.File) map[string]string {
	out := map[string]string{}
	for _, f := range all {
		out[f.Name] = string(f.Data)
	}
	return out
}

// Base is the catalogue on which the examples stand: text by path.
func Base() map[string]string { return maps.Clone(base()) }

// Catalogue is the base with an example of the page, Wrong or Right, in its place. It fails where the page does not say the place: that is a
// mistake in the page.
func (p Page) Catalogue(e Example) (map[string]string, error) {
	out := Base()
	for _, f := range p.also {
		if err := edit(out, f.Name, string(f.Data)); err != nil {
			return nil, err
		}
	}
	text := e.Text
	if e.Escaped {
		var err error
		if text, err = unescape(text); err != nil {
			return nil, err
		}
	}
	have, there := out[e.File]
	if !there {
		out[e.File] = text
		return out, nil
	}
	place := p.in
	if place == "" {
		place = p.Right.Text
	}
	if n := strings.Count(have, place); n != 1 {
		return nil, fmt.Errorf("%s: %s: the lines that the example replaces stand there %d times, not once:\n%s", p.Code, e.File, n, place)
	}
	out[e.File] = strings.Replace(have, place, text, 1)
	return out, nil
}

// edit makes "old lines", a line "==>", "new lines" of a file; a file that is not there is new, and without an arrow lines are added.
func edit(all map[string]string, name, change string) error {
	have, there := all[name]
	from, to, arrow := strings.Cut(change, "==>\n")
	switch {
	case !there || !arrow:
		all[name] = have + change
	case strings.Count(have, from) != 1:
		return fmt.Errorf("%s: %q stands there %d times, not once", name, from, strings.Count(have, from))
	default:
		all[name] = strings.Replace(have, from, to, 1)
	}
	return nil
}

// unescape puts what \uXXXX and \xXX stand for.
func unescape(text string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		digits := 0
		if text[i] == '\\' && i+1 < len(text) {
			digits = map[byte]int{'u': 4, 'x': 2}[text[i+1]]
		}
		if digits == 0 || i+2+digits > len(text) {
			b.WriteByte(text[i])
			continue
		}
		n, err := strconv.ParseUint(text[i+2:i+2+digits], 16, 32)
		if err != nil {
			return "", err
		}
		if digits == 2 {
			b.WriteByte(byte(n))
		} else {
			b.WriteRune(rune(n))
		}
		i += 1 + digits
	}
	return b.String(), nil
}
