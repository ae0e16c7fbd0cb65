package change

import (
	"strings"

	"github.com/diwan-gov/diwan/catalog"
)

// Owner is the authority that a file of a catalogue belongs to: that of what it declares; of what has none, that of the services that use it where
// they are all of one; else the platform. "" of a file that is not there or whose authority cannot be read.
func Owner(c *catalog.Catalogue, file string) string {
	if _, there := c.Files[file]; !there {
		return ""
	}
	declared := declaredIn(c, file)
	if authority, says := authorityOf(declared); says {
		return authority
	}
	switch d := declared.(type) {
	case *catalog.Document:
		return ofAll(c, func(s *catalog.Service) bool { return issues(s, d.Code.Value) })
	case nil:
		if !strings.HasSuffix(file, ".js") {
			return "" // it cannot be read, or is a drawing
		}
		return ofAll(c, func(s *catalog.Service) bool { return uses(c, s, file) })
	}
	return Platform
}

// says tells whether a file names the authority that it belongs to.
func says(c *catalog.Catalogue, file string) bool {
	_, says := authorityOf(declaredIn(c, file))
	return says
}

func declaredIn(c *catalog.Catalogue, file string) any {
	for path, declared := range c.Definitions() {
		if path == file {
			return declared
		}
	}
	return nil
}

func authorityOf(declared any) (authority string, says bool) {
	switch d := declared.(type) {
	case *catalog.Service:
		return d.Authority.Value, true
	case *catalog.Authority:
		return d.Code.Value, true
	case *catalog.Registry:
		return d.Authority.Value, true
	case *catalog.Tariff:
		return d.Authority.Value, true
	case *catalog.Right:
		return d.Authority.Value, true
	case *catalog.Event:
		return d.Authority.Value, d.Authority.Value != ""
	}
	return "", false
}

// ofAll is the authority of the services that use something, where they are all of one.
func ofAll(c *catalog.Catalogue, used func(*catalog.Service) bool) string {
	owner := ""
	for _, s := range c.Services {
		switch {
		case !used(s) || s.Authority.Value == owner:
		case owner == "":
			owner = s.Authority.Value
		default:
			return Platform
		}
	}
	if owner == "" {
		return Platform
	}
	return owner
}

func issues(s *catalog.Service, document string) bool {
	for step := range s.AllSteps() {
		if step.Issue.Value == document {
			return true
		}
	}
	return false
}

func uses(c *catalog.Catalogue, s *catalog.Service, script string) bool {
	for _, v := range s.Validate {
		if v.Script.Value == "" {
			continue
		}
		if file, _ := c.Script(s, v.Script.Value); file == script {
			return true
		}
	}
	return false
}
