package check

import (
	"errors"
	"regexp"
	"regexp/syntax"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/schema"
)

// patterns: the server (RE2) and a browser read them alike, so that an answer is not refused by one of them alone.
func patterns(p *pass) {
	for f := range p.fields() {
		if f.Pattern.Value == "" {
			continue
		}
		why := diag.Say("browsers would read it differently from the server")
		if _, err := regexp.Compile(f.Pattern.Value); err != nil {
			why = diag.Say("it is not a regular expression")
			var e *syntax.Error
			if errors.As(err, &e) {
				why = diag.Say("{problem}: {part}", "problem", e.Code.String(), "part", e.Expr)
			}
		} else if _, ok := schema.Pattern(f.Pattern.Value); ok {
			continue
		}
		p.add(problem("pattern", f.Pattern.Range(), "the pattern cannot be used: {why}", "why", why).
			WithHelp("Write what both read: [0-9]{7}, [A-Z]{2}, (a|b), \\d, \\p{L}, \\p{Arabic}; no \\s, no flags."))
	}
}
