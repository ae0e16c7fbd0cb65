package catalog

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// The keys by which a definition takes what others share.
const (
	blueprintKey = "blueprint"
	withKey      = "with"
	fillKey      = "fill"
	overrideKey  = "override"
	removeKey    = "remove"
	useKey       = "use"
	placeKey     = "place"
	textKey      = "text"
)

// mostNestedUses bounds fragments that use fragments, and mostMade what one definition may become by them.
const (
	mostNestedUses = 8
	mostMade       = 50_000 // nodes
)

// shared is what definitions may take, by code.
type shared struct {
	blueprints map[string]*definition
	fragments  map[string]*definition
	texts      map[string]sharedText
}

type sharedText struct {
	of    *definition
	value *source.Node
}

// sharedOf collects what the files share. Of two with one code the first counts; that there are two is a finding of the checker.
func sharedOf(files []*definition) *shared {
	s := &shared{blueprints: map[string]*definition{}, fragments: map[string]*definition{}, texts: map[string]sharedText{}}
	for _, d := range files {
		switch v := d.value.(type) {
		case *Blueprint:
			if s.blueprints[v.Code.Value] == nil {
				s.blueprints[v.Code.Value] = d
			}
		case *Fragment:
			if s.fragments[v.Code.Value] == nil {
				s.fragments[v.Code.Value] = d
			}
		case *SharedTexts:
			for code, text := range v.Texts.All() {
				if _, taken := s.texts[code]; !taken {
					s.texts[code] = sharedText{d, text.Node()}
				}
			}
		}
	}
	return s
}

// expansion makes the tree of one definition of what it takes from others.
type expansion struct {
	*shared
	list diag.List
	made int      // nodes that fragments gave
	from []string // files of which the definition is made, besides its own
	// broken: something that it takes is broken, which is reported there; nothing can be said about what is made of it.
	broken bool
}

func (x *expansion) add(code diag.Code, at diag.Range, summary, help diag.Phrase, args ...any) {
	x.list.Add(diag.New(diag.Error, code, at, summary, args...).WithHelp(help))
}

// take notes that the definition is made of d as well.
func (x *expansion) take(d *definition) {
	if !slices.Contains(x.from, d.path) {
		x.from = append(x.from, d.path)
	}
	if d.findings.HasErrors() {
		x.broken = true
	}
}

// expand gives the tree that root, a definition as it is written, stands for.
func (x *expansion) expand(root *source.Node) *source.Node {
	if key, at := root.Get(blueprintKey); key != nil {
		root = x.member(root, at)
	}
	return x.uses(root, 0)
}

// member makes a service of its blueprint: the parameters filled in, the places filled, what the file says itself in place of what the
// blueprint says, and last what is overridden and removed.
func (x *expansion) member(root, code *source.Node) *source.Node {
	d := x.blueprints[code.Value]
	if d == nil {
		x.list.Add(diag.New(diag.Error, "unknown-blueprint", code.Range(), "there is no blueprint {name:q}", "name", code.Value).
			WithSuggestion(diag.Near(code.Value, keys(x.blueprints))).WithHelp("Blueprints stand in the folder blueprints."))
		x.broken = true
		return root
	}
	x.take(d)
	b := d.value.(*Blueprint)
	if b.Service == nil || b.Service.Kind != source.Mapping {
		x.broken = true
		return root
	}
	_, with := root.Get(withKey)
	tree := b.Service.Fill(x.arguments(b.Parameters, with, code))
	_, fill := root.Get(fillKey)
	tree = x.places(tree, b.Places, fill)
	for key, value := range root.Pairs() {
		switch key.Value {
		case blueprintKey, withKey, fillKey, overrideKey, removeKey:
		default:
			tree = tree.With(key, value)
		}
	}
	if _, n := root.Get(removeKey); n != nil {
		for _, path := range n.Items() {
			tree = x.at(tree, path, nil)
		}
	}
	_, override := root.Get(overrideKey)
	for path, value := range override.Pairs() {
		tree = x.at(tree, path, value)
	}
	return tree
}

// arguments are the nodes that fill the holes of parameters.
func (x *expansion) arguments(parameters []Parameter, with, at *source.Node) map[string]*source.Node {
	values := map[string]*source.Node{}
	var names []string
	for i := range parameters {
		p := &parameters[i]
		name := p.Code.Value
		names = append(names, name)
		_, given := with.Get(name)
		switch {
		case given == nil && p.Default == nil:
			x.add("missing-parameter", at.Range(), "{name} must be given", "Write it under with: {name}, {want}.",
				"name", name, "want", p.Type.want())
			x.broken = true
		case given == nil:
			values[name] = p.Default
		case !p.Type.takes(given):
			x.add("parameter-type", given.Head(), "{name} is {want}", "Write {want}.", "name", name, "want", p.Type.want())
			x.broken = true
		default:
			values[name] = given
		}
	}
	for key := range with.Pairs() {
		if !slices.Contains(names, key.Value) {
			x.list.Add(diag.New(diag.Error, "unknown-parameter", key.Range(), "there is no parameter {name:q}", "name", key.Value).
				WithSuggestion(diag.Near(key.Value, names)).WithHelp("The parameters are {names}.", "names", names))
		}
	}
	return values
}

// places puts what a member gives in the places of its blueprint.
func (x *expansion) places(tree *source.Node, declared []source.Text, fill *source.Node) *source.Node {
	var names []string
	for _, p := range declared {
		names = append(names, p.Value)
	}
	for key, items := range fill.Pairs() {
		switch {
		case !slices.Contains(names, key.Value):
			x.list.Add(diag.New(diag.Error, "unknown-place", key.Range(), "the blueprint has no place {name:q}", "name", key.Value).
				WithSuggestion(diag.Near(key.Value, names)).WithHelp("The places are {names}.", "names", names))
		case items.Kind != source.List:
			x.add("parameter-type", items.Head(), "{name} is {want}", "Write {want}.", "name", key.Value, "want", diag.Phrase("a list"))
		}
	}
	return tree.Each(func(n *source.Node) *source.Node {
		return spliced(n, func(item *source.Node) ([]*source.Node, bool) {
			_, name := item.Get(placeKey)
			if name == nil || item.Len() != 1 {
				return nil, false
			}
			_, items := fill.Get(name.Value)
			return items.Items(), true
		})
	})
}

// spliced puts items in the place of those of a list for which instead answers true.
func spliced(n *source.Node, instead func(*source.Node) ([]*source.Node, bool)) *source.Node {
	var items []*source.Node
	changed := false
	for i, item := range n.Items() {
		more, is := instead(item)
		if is && !changed {
			changed, items = true, slices.Clone(n.Items()[:i])
		}
		switch {
		case is:
			items = append(items, more...)
		case changed:
			items = append(items, item)
		}
	}
	if !changed {
		return n
	}
	return n.WithItems(items)
}

// uses replaces {use: fragment} in lists and {text: code} where it stands alone.
func (x *expansion) uses(root *source.Node, depth int) *source.Node {
	if depth > mostNestedUses {
		if !x.broken {
			x.add("fragment-circle", root.Head(), "fragments use each other more than {most} deep", "A fragment may not use itself.", "most", mostNestedUses)
		}
		x.broken = true
		return root
	}
	return root.Each(func(n *source.Node) *source.Node {
		if n.Kind == source.Mapping {
			return x.text(n)
		}
		return spliced(n, func(item *source.Node) ([]*source.Node, bool) {
			_, code := item.Get(useKey)
			if code == nil || code.Kind != source.Scalar {
				return nil, false
			}
			return x.fragment(item, code, depth), true
		})
	})
}

func (x *expansion) fragment(item, code *source.Node, depth int) []*source.Node {
	for key := range item.Pairs() {
		if key.Value != useKey && key.Value != withKey {
			x.list.Add(diag.New(diag.Error, "unknown-key", key.Range(), "unknown key {key:q}", "key", key.Value).WithHelp("The keys here are {names}.", "names", strings.Join([]string{useKey, withKey}, ", ")))
		}
	}
	d := x.fragments[code.Value]
	if d == nil {
		x.list.Add(diag.New(diag.Error, "unknown-fragment", code.Range(), "there is no fragment {name:q}", "name", code.Value).
			WithSuggestion(diag.Near(code.Value, keys(x.fragments))).WithHelp("Fragments stand in the folder fragments."))
		x.broken = true
		return nil
	}
	x.take(d)
	f := d.value.(*Fragment)
	if f.Items == nil || f.Items.Kind != source.List {
		x.broken = true
		return nil
	}
	if x.made += f.Items.Size(); x.made > mostMade {
		if !x.broken {
			x.add("too-large", code.Range(), "the definition becomes too large by what it uses", "Use fewer fragments.")
		}
		x.broken = true
		return nil
	}
	_, with := item.Get(withKey)
	return x.uses(f.Items.Fill(x.arguments(f.Parameters, with, code)), depth+1).Items()
}

// text replaces {text: code}.
func (x *expansion) text(n *source.Node) *source.Node {
	_, code := n.Get(textKey)
	if code == nil || n.Len() != 1 || code.Kind != source.Scalar {
		return n
	}
	t, known := x.texts[code.Value]
	if !known {
		x.list.Add(diag.New(diag.Error, "unknown-text", code.Range(), "there is no shared text {name:q}", "name", code.Value).
			WithSuggestion(diag.Near(code.Value, keys(x.texts))).WithHelp("Shared texts stand in the folder texts."))
		x.broken = true
		return n
	}
	x.take(t.of)
	return t.value
}

// at gives the tree with another value at a path such as fees.renewal.amount: keys, and of a list the code with which an item begins. No value
// takes out what is there.
func (x *expansion) at(tree, path, value *source.Node) *source.Node {
	out, wrong, have := changed(tree, strings.Split(path.Value, "."), path, value)
	if out == nil {
		x.list.Add(diag.New(diag.Error, "unknown-path", path.Range(), "the blueprint has no {name:q} there", "name", wrong).
			WithSuggestion(diag.Near(wrong, have)).WithHelp("Write the keys and codes on the way, joined by points: fees.renewal.amount."))
		return tree
	}
	return out
}

// changed is at for a path of names; nil says that there is no such place, what is wrong and what there would be.
func changed(n *source.Node, names []string, path, value *source.Node) (out *source.Node, wrong string, have []string) {
	name, last := names[0], len(names) == 1
	if n.Kind == source.List {
		items := slices.Clone(n.Items())
		for i, item := range items {
			code := codeOf(item)
			have = append(have, code)
			if code != name {
				continue
			}
			switch {
			case last && value == nil:
				return n.WithItems(slices.Delete(items, i, i+1)), "", nil
			case last:
				items[i] = value
			default:
				if items[i], wrong, have = changed(item, names[1:], path, value); items[i] == nil {
					return nil, wrong, have
				}
			}
			return n.WithItems(items), "", nil
		}
		return nil, name, have
	}
	key, inner := n.Get(name)
	for k := range n.Pairs() {
		have = append(have, k.Value)
	}
	switch {
	case n.Kind != source.Mapping, key == nil && (!last || value == nil):
		return nil, name, have
	case last && value == nil:
		return n.Without(name), "", nil
	case last && key == nil:
		return n.With(path.Named(name), value), "", nil
	case last:
		return n.With(key, value), "", nil
	}
	if inner, wrong, have = changed(inner, names[1:], path, value); inner == nil {
		return nil, wrong, have
	}
	return n.With(key, inner), "", nil
}

// codeOf is the text of the first key of an item, which in the language is its code: {fee: renewal, …}.
func codeOf(item *source.Node) string {
	for _, v := range item.Pairs() {
		return v.Value
	}
	return item.Value
}

func keys[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
