package catalog

import (
	"iter"
	"path"
	"slices"
	"strings"
)

// assemble makes a catalogue of files that are sorted by path.
func assemble(files []*definition) *Catalogue {
	c := &Catalogue{Settings: &Settings{}, Files: make(map[string][]byte, len(files)), definitions: files, shared: sharedOf(files)}
	c.byCode.authorities = map[string]*Authority{}
	c.byCode.registries = map[string]*Registry{}
	c.byCode.tariffs = map[string]*Tariff{}
	c.byCode.calendars = map[string]*Calendar{}
	c.byCode.documents = map[string]*Document{}
	c.byCode.events = map[string]*Event{}
	c.byCode.services = map[string]*Service{}
	c.byCode.rights = map[string]*Right{}
	for _, f := range files {
		if f.content != nil {
			c.Files[f.path] = f.content
		}
		switch v := f.value.(type) {
		case *Settings:
			c.Settings = v
		case *Authority:
			c.Authorities = append(c.Authorities, v)
			put(c.byCode.authorities, v.Code.Value, v)
		case *Registry:
			c.Registries = append(c.Registries, v)
			put(c.byCode.registries, v.Code.Value, v)
		case *Tariff:
			c.Tariffs = append(c.Tariffs, v)
			put(c.byCode.tariffs, v.Code.Value, v)
		case *Calendar:
			c.Calendars = append(c.Calendars, v)
			put(c.byCode.calendars, v.Code.Value, v)
		case *Document:
			c.Documents = append(c.Documents, v)
			put(c.byCode.documents, v.Code.Value, v)
		case *Right:
			c.Rights = append(c.Rights, v)
			put(c.byCode.rights, v.Code.Value, v)
		case *Blueprint:
			c.Blueprints = append(c.Blueprints, v)
		case *Fragment:
			c.Fragments = append(c.Fragments, v)
		case *SharedTexts:
			c.Texts = append(c.Texts, v)
		case *Event:
			c.Events = append(c.Events, v)
			put(c.byCode.events, v.Code.Value, v)
		case *Service:
			c.Services = append(c.Services, v)
			put(c.byCode.services, v.Code.Value, v)
		}
	}
	if r := rightsRegistry(c.Rights); r != nil {
		put(c.byCode.registries, RightsRegistry, r)
	}
	return c
}

// put keeps the first of two definitions with one code; that there are two is a finding.
func put[T any](m map[string]*T, code string, v *T) {
	if _, taken := m[code]; !taken && code != "" {
		m[code] = v
	}
}

// codes is the index of a catalogue.
type codes struct {
	authorities map[string]*Authority
	registries  map[string]*Registry
	tariffs     map[string]*Tariff
	calendars   map[string]*Calendar
	documents   map[string]*Document
	events      map[string]*Event
	services    map[string]*Service
	rights      map[string]*Right
}

// Authority is the authority with that code, or nil.
func (c *Catalogue) Authority(code string) *Authority { return c.byCode.authorities[code] }

// Registry is the registry with that code, or nil.
func (c *Catalogue) Registry(code string) *Registry { return c.byCode.registries[code] }

// Tariff is the tariff with that code, or nil.
func (c *Catalogue) Tariff(code string) *Tariff { return c.byCode.tariffs[code] }

// Calendar is the calendar with that code, or nil.
func (c *Catalogue) Calendar(code string) *Calendar { return c.byCode.calendars[code] }

// Document is the document with that code, or nil.
func (c *Catalogue) Document(code string) *Document { return c.byCode.documents[code] }

// Event is the event with that code, or nil.
func (c *Catalogue) Event(code string) *Event { return c.byCode.events[code] }

// Service is the service with that code, or nil.
func (c *Catalogue) Service(code string) *Service { return c.byCode.services[code] }

// Right is the right with that code, or nil.
func (c *Catalogue) Right(code string) *Right { return c.byCode.rights[code] }

// Operation finds registry/operation, such as licensing/licence-by-number; nil and nil where one of the two does not exist.
func (c *Catalogue) Operation(ref string) (*Registry, *Operation) {
	registry, operation, _ := strings.Cut(ref, "/")
	r := c.Registry(registry)
	if r == nil {
		return nil, nil
	}
	for i := range r.Operations {
		if r.Operations[i].Code.Value == operation {
			return r, &r.Operations[i]
		}
	}
	return nil, nil
}

// Head is the revenue head with that code, or nil.
func (c *Catalogue) Head(code string) *Head {
	for i := range c.Settings.Heads {
		if c.Settings.Heads[i].Code.Value == code {
			return &c.Settings.Heads[i]
		}
	}
	return nil
}

// Role is the role with that code that an authority has, its own or one that every authority has; nil where there is none.
func (c *Catalogue) Role(authority, code string) *Role {
	for _, r := range c.Roles(authority) {
		if r.Code.Value == code {
			return r
		}
	}
	return nil
}

// Roles are the roles of an authority, and behind them those that every authority has; none where there is no such authority.
func (c *Catalogue) Roles(authority string) []*Role {
	a := c.Authority(authority)
	if a == nil {
		return nil
	}
	out := make([]*Role, 0, len(a.Roles)+len(c.Settings.Roles))
	for i := range a.Roles {
		out = append(out, &a.Roles[i])
	}
	for i := range c.Settings.Roles {
		out = append(out, &c.Settings.Roles[i])
	}
	return out
}

// CommonRole is the role with that code that every authority has, or nil.
func (c *Catalogue) CommonRole(code string) *Role {
	for i := range c.Settings.Roles {
		if c.Settings.Roles[i].Code.Value == code {
			return &c.Settings.Roles[i]
		}
	}
	return nil
}

// Script gives the path inside the catalogue and the text of a script that stands beside the definition of s; nil where there is none.
func (c *Catalogue) Script(s *Service, name string) (file string, content []byte) {
	file = path.Join(path.Dir(s.File), name)
	if path.Dir(file) != path.Dir(s.File) || path.Ext(file) != ".js" {
		return file, nil
	}
	return file, c.Files[file]
}

// Sound tells that the file was read without an error, so that what it declares is what its author meant.
func (c *Catalogue) Sound(file string) bool {
	d := c.definitionAt(file)
	return d != nil && !d.findings.HasErrors()
}

// MadeOf lists the files of which the definition in a file is made besides its own: its blueprint, fragments and shared texts.
func (c *Catalogue) MadeOf(file string) []string {
	if d := c.definitionAt(file); d != nil {
		return d.from
	}
	return nil
}

// Complete tells that every file of a folder (authorities, registries, …) gave a definition. Where one did not, a code that is not found
// may be the one that it declares.
func (c *Catalogue) Complete(folder string) bool {
	return !slices.ContainsFunc(c.definitions, func(d *definition) bool {
		return d.value == nil && path.Ext(d.path) == ".yaml" && strings.HasPrefix(d.path, folder+"/")
	})
}

func (c *Catalogue) definitionAt(file string) *definition {
	i, found := slices.BinarySearchFunc(c.definitions, file, func(d *definition, n string) int { return strings.Compare(d.path, n) })
	if !found {
		return nil
	}
	return c.definitions[i]
}

// FileNames lists the files of the catalogue, sorted.
func (c *Catalogue) FileNames() []string {
	out := make([]string, len(c.definitions))
	for i, d := range c.definitions {
		out[i] = d.path
	}
	return out
}

// Definitions gives the path and the value of each file that declares something: a *Settings, *Authority, *Service and so on, sorted by path.
func (c *Catalogue) Definitions() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, d := range c.definitions {
			if d.value != nil && !yield(d.path, d.value) {
				return
			}
		}
	}
}
