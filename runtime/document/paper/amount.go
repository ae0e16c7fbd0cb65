package paper

import (
	"regexp"
	"strings"
)

// separators stand between the thousands and before the decimals of an amount, as pages write them. Both spaces do not break.
var separators = map[string][2]string{"ar": {",", "."}, "en": {",", "."}, "fr": {"\u202f", ","}, "kk": {"\u00a0", ","}, "ru": {"\u00a0", ","}}

var money = regexp.MustCompile(`^(-?)([0-9]+)(?:\.([0-9]+))? ([A-Z]{3})$`)

// amount writes 1234567.50 KZT as a language has it; what is no amount as it is. A language without separators of its own has the English ones.
func amount(language, value string) string {
	parts := money.FindStringSubmatch(value)
	if parts == nil {
		return value
	}
	between, ok := separators[language]
	if !ok {
		between = separators["en"]
	}
	var b strings.Builder
	b.WriteString(parts[1])
	whole := parts[2]
	for i, digit := range whole {
		if left := len(whole) - i; i > 0 && left%3 == 0 {
			b.WriteString(between[0])
		}
		b.WriteRune(digit)
	}
	if parts[3] != "" {
		b.WriteString(between[1] + parts[3])
	}
	return b.String() + " " + parts[4]
}
