package source_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/source"
)

// read parses and decodes the example or fails.
func read(t testing.TB, content string) (*source.Node, definition) {
	t.Helper()
	root, list := source.Parse("f.yaml", []byte(content), source.Limits{})
	var d definition
	list.Add(source.Decode(root, &d)...)
	if len(list) > 0 {
		t.Fatal(list)
	}
	return root, d
}

func TestDecodeFillsEveryKindOfField(t *testing.T) {
	_, d := read(t, example)
	title, _ := d.Title.Get("en")
	refuse, _ := d.Steps[0].Then.Get("refuse")
	approve, _ := d.Steps[0].Then.Get("approve")
	groups, _ := d.Groups.Get("b")
	got := []any{
		d.Service.Value, title, d.Promised.Text, d.Version, d.Live, d.Price.Value, d.Rates.Keys(), d.Fields[0].Label,
		d.Fields[0].Max, d.Fields[1].When.Value, d.Fields[2].ID, string(d.Fields[2].Type), approve.Word, refuse.End, groups[0].Value,
		d.Extra.Lookup("x", 1).Value, len(d.Fields),
	}
	want := []any{
		"transport.licence.renew", `Licence "renewal"`, "3 working days", 1, true, "12.50", []string{"late", "رسم"}, "رقم الرخصة",
		int64(60), "form.years > 1\n\n  && form.age >= 60\n", "no", "date", "continue", "refused", "plain over two lines",
		"2", 3,
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%d: got %#v, want %#v", i, got[i], want[i])
		}
	}
}

func TestEveryValueKnowsItsRange(t *testing.T) {
	_, d := read(t, example)
	text := func(from, to int) string { return example[from:to] }
	label := d.Fields[0].RangeOf("label")
	if got := text(label.Start.Offset, label.End.Offset); got != "رقم الرخصة" || label.Start.Line != 13 || label.Start.Column != 12 {
		t.Errorf("got %q at %+v", got, label.Start)
	}
	key := d.Fields[0].KeyRange("max")
	if got := text(key.Start.Offset, key.End.Offset); got != "max" {
		t.Errorf("got %q", got)
	}
	if got := d.Fields[0].RangeOf("when"); got != d.Fields[0].KeyRange("field") || d.Fields[0].Has("when") {
		t.Errorf("an absent key is at %+v", got)
	}
	whole := d.Fields[2].Range()
	if got := text(whole.Start.Offset, whole.End.Offset); got != "{field: no, type: date, when: form.a == 'x'}" {
		t.Errorf("got %q", got)
	}
	rate := d.Rates.Entries[1].Value
	if r := rate.Range(); !rate.Quoted() || d.Service.Quoted() || text(r.Start.Offset, r.End.Offset) != "'it''s free'" {
		t.Errorf("got %+v", r)
	}
}

// The place of each visible character of each value is where that character stands in the file, unless it is
// written as an escape.
func TestOffsetsInValuesAreFoundInTheFile(t *testing.T) {
	content := example + "folded: >-\n    one two\n    three\n\n    رابع five\n" +
		"double: \"a \\u0642 \\\"b\\\"\n   c\\\n   d \\x41 e\"\nkept: |+2\n    x\n\n   y\n\nlast: 'a\n\n  b'\n"
	root, list := source.Parse("f", []byte(content), source.Limits{})
	if list != nil {
		t.Fatal(list)
	}
	escaped := map[int]string{} // for the one value with escapes, what stands there instead
	count := 0
	everyScalar(root, func(n *source.Node) {
		for i, r := range n.Value {
			if r == ' ' || r == '\n' {
				continue
			}
			at := n.At(i)
			rest := content[at.Offset:]
			count++
			if !strings.HasPrefix(rest, string(r)) {
				escaped[i] = rest[:2]
				if n.Style != source.DoubleQuoted || rest[0] != '\\' {
					t.Errorf("%q at %d: found %q", n.Value, i, rest[:min(len(rest), 10)])
				}
			}
			line := strings.Count(content[:at.Offset], "\n") + 1
			if at.Line != line {
				t.Errorf("%q at %d: line %d, want %d", n.Value, i, at.Line, line)
			}
		}
	})
	if count < 280 || len(escaped) == 0 {
		t.Errorf("only %d characters, %d escapes", count, len(escaped))
	}
	when := root.Lookup("fields", 1, "when")
	at := when.At(strings.Index(when.Value, "&&"))
	if at.Line != 22 || at.Column != 9 {
		t.Errorf("got %+v", at)
	}
}

func TestSpecListsTheKeysInOrder(t *testing.T) {
	keys := source.Spec(reflect.TypeFor[definition]())
	var got []string
	for _, k := range keys {
		s := k.Name + ": " + k.Type.Kind
		if k.Type.Of != nil {
			s += " of " + k.Type.Of.Kind
		}
		if k.Required {
			s += ", required"
		}
		got = append(got, s)
	}
	want := []string{
		"service: text, required", "title: map of text", "promised: any", "version: whole number", "live: true or false",
		"price: decimal number", "rates: map of text", "fields: list of mapping", "steps: list of mapping", "groups: map of list", "extra: any",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if keys[0].Doc != "The code of the service." {
		t.Errorf("got %q", keys[0].Doc)
	}
	field := source.Spec(keys[7].Type.Of.Go)
	if field[0].Name != "label" || field[2].Type.Kind != "choice" || len(field[2].Type.Values) != 5 {
		t.Errorf("got %+v", field)
	}
	then := source.Spec(reflect.TypeFor[step]())[1].Type
	if then.Of.Kind != "one of" || len(source.Spec(then.Of.Go)) != 2 {
		t.Errorf("got %+v", then)
	}
}

func TestGoTypesThatNoDefinitionCanHoldPanic(t *testing.T) {
	for name, into := range map[string]any{
		"float": &struct {
			F float64 `diwan:"f"`
		}{},
		"go map": &struct {
			M map[string]int `diwan:"f"`
		}{},
		"wrong option": &struct {
			S string `diwan:"f,optional"`
		}{},
		"same name": &struct {
			S, T string `diwan:"f"`
		}{},
		"no pointer": struct{}{},
	} {
		t.Run(name, func(t *testing.T) {
			root, _ := source.Parse("f", []byte("f: 1\n"), source.Limits{})
			defer func() {
				if recover() == nil {
					t.Error("it was accepted")
				}
			}()
			source.Decode(root, into)
		})
	}
}

func TestNumbersAreStrict(t *testing.T) {
	for in, want := range map[string]bool{
		"0": true, "-5": true, "999999999999999999": true, "9999999999999999999": false, "1.0": false, "+1": false,
		"-0": false, "0x10": false, "1e3": false, "0o7": false, "1_000": false, "'1'": false,
	} {
		root, _ := source.Parse("f", []byte("n: "+in+"\n"), source.Limits{})
		var into struct {
			N int `diwan:"n"`
		}
		if got := len(source.Decode(root, &into)) == 0; got != want {
			t.Errorf("whole number %s: accepted %v", in, got)
		}
	}
	for in, want := range map[string]bool{
		"0.05": true, "-12.5": true, "3": true, ".5": false, "5.": false, "1e3": false, "00.5": false, ".inf": false, "\"1.5\"": false,
	} {
		root, _ := source.Parse("f", []byte("n: "+in+"\n"), source.Limits{})
		var into struct {
			N source.Decimal `diwan:"n"`
		}
		if got := len(source.Decode(root, &into)) == 0; got != want {
			t.Errorf("decimal %s: accepted %v", in, got)
		}
	}
}
