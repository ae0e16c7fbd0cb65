package reading

import (
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
)

// Words are those in which a formula is said.
type Words struct {
	Lang string // ar, en, kk, ru or fr; another is said in English
	// Name is what a path is called, such as the question of form.years; "" where nobody knows. Answer is what somebody who answers with a value has
	// read, as "Five years" for 5; "" where it says itself. Both may be nil.
	Name   func(path string) string
	Answer func(path, value string) string
}

// Say says a formula in a sentence without a full stop; "" where it is none.
func Say(text string, w Words) string {
	t, ok := formula.Read(text)
	if !ok {
		return ""
	}
	s := &speaker{Words: w, table: tables["en"]}
	if own := tables[w.Lang]; own != nil {
		s.table = own
	}
	return s.say(t, 0)
}

type speaker struct {
	Words
	table map[string]string
	bound []string // names of items, which mean themselves
}

// Weights say which part stands in parentheses inside of which: what binds weaker than the place where it stands.
const (
	choiceWeight = iota + 1
	orWeight
	andWeight
	compareWeight
	sumWeight
	productWeight
)

var weights = map[string]int{"?:": choiceWeight, "or": orWeight, "and": andWeight, "==": compareWeight, "!=": compareWeight, "<": compareWeight, "<=": compareWeight, ">": compareWeight,
	">=": compareWeight, "in": compareWeight, "+": sumWeight, "-": sumWeight, "*": productWeight, "/": productWeight, "%": productWeight}

// say says a node in a place of a weight.
func (s *speaker) say(t *formula.Tree, place int) string {
	said, weight := "", 0
	switch t.Kind {
	case formula.NameNode:
		return s.name(t.Text)
	case formula.TextNode:
		return s.fill("text", "", t.Text)
	case formula.NumberNode:
		return t.Text
	case formula.TruthNode:
		return s.table[t.Text]
	case formula.ListNode:
		return s.list(t.Args, "")
	default:
		weight = weights[t.Text]
		said = s.call(t)
	}
	if weight > 0 && weight < place {
		return "(" + said + ")"
	}
	return said
}

// name is what a path is called, in quotation marks where it is the words of a definition.
func (s *speaker) name(path string) string {
	for _, b := range s.bound {
		if path == b || strings.HasPrefix(path, b+".") {
			return path
		}
	}
	if said := s.table["name "+path]; said != "" {
		return said
	}
	if s.Name != nil {
		if said := s.Name(path); said != "" {
			return s.fill("quoted", "", said)
		}
	}
	return path
}

// fill puts parts into a sentence of the table, or into the one that stands for it where the table has none.
func (s *speaker) fill(key, otherwise string, parts ...string) string {
	sentence := s.table[key]
	if sentence == "" {
		sentence = otherwise
	}
	pairs := make([]string, 0, 2*len(parts))
	for i, part := range parts {
		pairs = append(pairs, "{"+string(rune('a'+i))+"}", part)
	}
	return strings.NewReplacer(pairs...).Replace(sentence)
}

func (s *speaker) list(args []*formula.Tree, path string) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = s.value(a, path)
	}
	return strings.Join(parts, s.table["comma"])
}

// value says what something of a path is compared with: an answer by its words.
func (s *speaker) value(t *formula.Tree, path string) string {
	if path != "" && s.Answer != nil && (t.Kind == formula.TextNode || t.Kind == formula.NumberNode) {
		if said := s.Answer(path, t.Text); said != "" {
			return s.fill("quoted", "", said)
		}
	}
	return s.say(t, sumWeight)
}

func (s *speaker) call(t *formula.Tree) string {
	args := t.Args
	switch t.Text {
	case "and", "or":
		return s.fill(t.Text, "", s.condition(args[0], weights[t.Text]), s.condition(args[1], weights[t.Text]))
	case "not":
		return s.negated(args[0])
	case "?:":
		return s.fill("choice", "", s.condition(args[0], orWeight), s.say(args[1], orWeight), s.say(args[2], choiceWeight))
	case "==", "!=", "<", "<=", ">", ">=":
		return s.compared(t.Text, args[0], args[1])
	case "in":
		return s.fill("in", "", s.value(args[0], pathOf(args[1])), s.list2(args[1], pathOf(args[0])))
	case "-":
		if len(args) == 1 {
			return "−" + s.say(args[0], productWeight)
		}
		return s.say(args[0], sumWeight) + " − " + s.say(args[1], productWeight)
	case "+":
		return s.say(args[0], sumWeight) + " + " + s.say(args[1], sumWeight)
	case "*":
		return s.say(args[0], productWeight) + " × " + s.say(args[1], productWeight)
	case "/":
		return s.say(args[0], productWeight) + " ÷ " + s.say(args[1], productWeight+1)
	case "%":
		return s.fill("%", "", s.say(args[0], productWeight), s.say(args[1], productWeight+1))
	case "has":
		return s.fill("has", "", s.say(args[0], sumWeight))
	case "money", "date":
		if len(args) == 1 && args[0].Kind == formula.TextNode {
			if s.Lang == "ar" { // it would be read from its other end
				return "\u2066" + args[0].Text + "\u2069"
			}
			return args[0].Text
		}
	case "exists", "all", "map", "filter":
		if len(args) == 3 && args[1].Kind == formula.NameNode {
			s.bound = append(s.bound, args[1].Text)
			body := s.condition(args[2], orWeight)
			s.bound = s.bound[:len(s.bound)-1]
			return s.fill(t.Text, "", s.say(args[0], sumWeight), args[1].Text, body)
		}
	}
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = s.say(a, 0)
	}
	if key := t.Text; s.table[key] != "" && strings.Count(s.table[key], "{") == len(parts) {
		for i, a := range args {
			parts[i] = s.say(a, productWeight)
		}
		return s.fill(key, "", parts...)
	}
	if said := s.table["of "+t.Text]; said != "" { // any number of parts
		return said + " " + strings.Join(parts, s.table["comma"])
	}
	name := t.Text
	if s.Name != nil && strings.Contains(name, ".") {
		if said := s.Name(name); said != "" {
			name = s.fill("quoted", "", said)
		}
	}
	return name + "(" + strings.Join(parts, s.table["comma"]) + ")"
}

func (s *speaker) list2(t *formula.Tree, path string) string {
	if t.Kind == formula.ListNode {
		return s.list(t.Args, path)
	}
	return s.say(t, sumWeight)
}

func pathOf(t *formula.Tree) string {
	if t.Kind == formula.NameNode {
		return t.Text
	}
	return ""
}

// condition says a part that must hold; what says yes or no by itself says so.
func (s *speaker) condition(t *formula.Tree, place int) string {
	if t.Kind == formula.NameNode {
		return s.fill("holds", "", s.name(t.Text))
	}
	return s.say(t, place)
}

// opposite are the comparisons that hold where another one does not.
var opposite = map[string]string{"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

func (s *speaker) negated(t *formula.Tree) string {
	switch {
	case t.Kind == formula.NameNode:
		return s.fill("fails", "", s.name(t.Text))
	case t.Text == "has" && len(t.Args) == 1:
		return s.fill("missing", "", s.say(t.Args[0], sumWeight))
	case t.Kind == formula.CallNode && opposite[t.Text] != "":
		return s.compared(opposite[t.Text], t.Args[0], t.Args[1])
	}
	return s.fill("not", "", s.say(t, compareWeight))
}

func (s *speaker) compared(sign string, a, b *formula.Tree) string {
	if b.Kind == formula.TruthNode && (sign == "==" || sign == "!=") {
		if (b.Text == "true") == (sign == "==") {
			return s.condition(a, compareWeight)
		}
		return s.negated(a)
	}
	return s.fill(sign, "", s.value(a, pathOf(b)), s.value(b, pathOf(a)))
}
