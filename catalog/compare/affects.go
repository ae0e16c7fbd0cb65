package compare

import (
	"cmp"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// tellAffected names, with each change of what is shared, the services that use it.
func tellAffected(changes []Change, c *catalog.Catalogue) {
	known := map[string][]string{}
	for i := range changes {
		ch := &changes[i]
		if ch.Definition.Kind == "service" {
			continue
		}
		uses := user(ch)
		id := ch.Definition.Kind + " " + ch.Definition.Code
		for _, p := range ch.Subject {
			id += " " + p.Kind + " " + p.Code
		}
		codes, done := known[id]
		if !done {
			for _, s := range c.Services {
				if s.Node() != nil && uses(c, s) {
					codes = append(codes, s.Code.Value)
				}
			}
			slices.Sort(codes)
			known[id] = codes
		}
		ch.Affects = codes
	}
}

// user tells whether a service uses what a change speaks of.
func user(ch *Change) func(*catalog.Catalogue, *catalog.Service) bool {
	code := ch.Definition.Code
	switch ch.Definition.Kind {
	case "settings":
		return func(*catalog.Catalogue, *catalog.Service) bool { return true }
	case "blueprint", "fragment", "shared-texts":
		file := cmp.Or(ch.New.File, ch.Old.File)
		return func(c *catalog.Catalogue, s *catalog.Service) bool { return slices.Contains(c.MadeOf(s.File), file) }
	case "calendar":
		return func(c *catalog.Catalogue, s *catalog.Service) bool {
			return c.Settings.Calendar.Value == code || mentions(s.Node(), code)
		}
	case "tariff":
		for _, p := range ch.Subject {
			if p.Kind == "amount" || p.Kind == "table" {
				return func(c *catalog.Catalogue, s *catalog.Service) bool {
					return s.Tariff.Value == code && reads(c, s, p.Code)
				}
			}
		}
		return func(_ *catalog.Catalogue, s *catalog.Service) bool { return s.Tariff.Value == code }
	case "authority":
		if len(ch.Subject) > 0 {
			role := ch.Subject[0].Code
			return func(_ *catalog.Catalogue, s *catalog.Service) bool {
				return s.Authority.Value == code && mentions(s.Node(), role)
			}
		}
		return func(_ *catalog.Catalogue, s *catalog.Service) bool { return s.Authority.Value == code }
	case "registry":
		if len(ch.Subject) > 0 {
			code += "/" + ch.Subject[0].Code
			return func(_ *catalog.Catalogue, s *catalog.Service) bool { return mentions(s.Node(), code) }
		}
		return func(_ *catalog.Catalogue, s *catalog.Service) bool { return mentionsBefore(s.Node(), code+"/") }
	}
	return func(_ *catalog.Catalogue, s *catalog.Service) bool { return mentions(s.Node(), code) }
}

// mentions tells whether a value under n is the code.
func mentions(n *source.Node, code string) bool {
	return anyScalar(n, func(v string) bool { return v == code })
}

func mentionsBefore(n *source.Node, beginning string) bool {
	return anyScalar(n, func(v string) bool { return strings.HasPrefix(v, beginning) })
}

// reads tells whether a formula of s, or of a document that it issues, reads an amount of its tariff.
func reads(c *catalog.Catalogue, s *catalog.Service, name string) bool {
	read := func(v string) bool {
		if !strings.Contains(v, name) {
			return false
		}
		tokens := formula.Written(v)
		for i := 2; i < len(tokens); i++ {
			if tokens[i] == name && tokens[i-1] == "." && tokens[i-2] == catalog.TariffRoot {
				return true
			}
		}
		return false
	}
	return anyScalar(s.Node(), read) || slices.ContainsFunc(c.Documents, func(d *catalog.Document) bool {
		return d.Node() != nil && mentions(s.Node(), d.Code.Value) && anyScalar(d.Node(), read)
	})
}

func anyScalar(n *source.Node, is func(string) bool) bool {
	if n == nil {
		return false
	}
	switch n.Kind {
	case source.Scalar:
		return is(n.Value)
	case source.List:
		return slices.ContainsFunc(n.Items(), func(c *source.Node) bool { return anyScalar(c, is) })
	}
	for _, v := range n.Pairs() {
		if anyScalar(v, is) {
			return true
		}
	}
	return false
}
