package form

import (
	"regexp/syntax"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// manner is how a box for an answer behaves in a browser, in the words of HTML.
type manner struct{ mode, direction, autocomplete string }

func mannerOf(f *plan.FormField) manner {
	m := manner{autocomplete: attested[f.Prefill]}
	switch catalog.FieldType(f.Type) {
	case catalog.IntegerField, catalog.NationalField, catalog.DateField:
		m.mode, m.direction = "numeric", "ltr"
	case catalog.DecimalField, catalog.MoneyField:
		m.mode, m.direction = "decimal", "ltr"
	case catalog.PhoneField:
		m = manner{"tel", "ltr", "tel"}
	case catalog.EmailField:
		m = manner{"email", "ltr", "email"}
	case catalog.IBANField:
		m.direction = "ltr"
	case catalog.TextField:
		if m.mode, m.direction = "", ""; f.Pattern != "" {
			digits, ascii := alphabet(f.Pattern)
			if digits {
				m.mode = "numeric"
			}
			if ascii {
				m.direction = "ltr"
			}
		}
	}
	return m
}

// attested are the facts of the applicant that browsers know too.
var attested = map[string]string{"applicant.name": "name", "applicant.birthDate": "bday"}

// alphabet tells whether texts of a pattern are digits alone, and whether they are ASCII, as codes are.
func alphabet(pattern string) (digits, ascii bool) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return false, false
	}
	digits, ascii = true, true
	var walk func(*syntax.Regexp)
	walk = func(re *syntax.Regexp) {
		switch re.Op {
		case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
			digits, ascii = false, false
		case syntax.OpLiteral, syntax.OpCharClass:
			for _, r := range re.Rune { // of a class, the ends of its ranges
				digits = digits && r >= '0' && r <= '9'
				ascii = ascii && r <= '~'
			}
		}
		for _, sub := range re.Sub {
			walk(sub)
		}
	}
	walk(tree)
	return digits, ascii
}
