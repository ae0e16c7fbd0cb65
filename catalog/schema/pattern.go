package schema

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

const maxPattern = 1000

// categories are the Unicode classes that ECMA and RE2 spell alike: \p{L}. Scripts differ.
const categories = " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co Cs "

// compilePattern accepts the part of regular expressions that a browser (ECMA 262, Unicode mode) and
// RE2 read in the same way, because a form's schema is published and checked on both sides.
func compilePattern(s string) (*regexp.Regexp, error) {
	if len(s) > maxPattern {
		return nil, fmt.Errorf("pattern is longer than %d bytes", maxPattern)
	}
	if err := sharedSyntax(s); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(s)
	if err != nil {
		return nil, fmt.Errorf("pattern can't be used: %w", err)
	}
	return re, nil
}

// sharedSyntax refuses what only one side knows. It needn't find what RE2 itself refuses.
func sharedSyntax(s string) error {
	inClass := false
	for i := 0; i < len(s); i++ {
		rest := s[i+1:]
		switch c := s[i]; {
		case c == '\\':
			n, err := escape(rest, inClass)
			if err != nil {
				return err
			}
			i += n
		case inClass:
			if c == '[' {
				return errors.New(`write \[ for a bracket inside a class; [:name:] is not shared by browsers`)
			}
			inClass = c != ']'
		case c == '[':
			if strings.HasPrefix(rest, "]") || strings.HasPrefix(rest, "^]") {
				return errors.New("an empty class means different things to different readers")
			}
			inClass = true
			if strings.HasPrefix(rest, "^") {
				i++
			}
		case c == '(' && strings.HasPrefix(rest, "?") && !strings.HasPrefix(rest, "?:"):
			return errors.New("only (…) and (?:…) groups can be used")
		case c == '{':
			n := strings.IndexByte(rest, '}')
			if n < 0 || !repetition.MatchString(rest[:n]) {
				return errors.New(`a brace must be {n}, {n,} or {n,m}; write \{ for the character`)
			}
			i += n + 1
		case c == '}' || c == ']':
			return fmt.Errorf(`write \%c for the character`, c)
		}
	}
	return nil
}

var repetition = regexp.MustCompile(`^[0-9]{1,4}(,[0-9]{0,4})?$`)

// escape checks what follows a backslash and returns how many bytes it takes.
func escape(rest string, inClass bool) (int, error) {
	if rest == "" {
		return 0, errors.New("pattern ends in a backslash")
	}
	switch c := rest[0]; {
	case c == 's' || c == 'S':
		return 0, fmt.Errorf(`\%c can't be used: readers disagree on what a space is; list the characters`, c)
	case strings.IndexByte(`dDwWnrtfv^$\.*+?()[]{}|/`, c) >= 0:
		return 1, nil
	case (c == 'b' || c == 'B') && !inClass, c == '-' && inClass:
		return 1, nil
	case c == 'x' && len(rest) >= 3 && strings.IndexByte(rest[:3], '{') < 0:
		return 3, nil
	case c == 'p' || c == 'P':
		end := strings.IndexByte(rest, '}')
		if end > 2 && rest[1] == '{' && strings.Contains(categories, " "+rest[2:end]+" ") {
			return end + 1, nil
		}
		return 0, fmt.Errorf(`\%c needs a general category in braces, as \p{L}`, c)
	}
	return 0, fmt.Errorf(`\%s can't be used`, string([]rune(rest)[0]))
}
