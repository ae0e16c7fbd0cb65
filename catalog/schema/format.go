package schema

import (
	"strings"
	"time"
)

// format is one named shape of text.
type format struct {
	name    string
	matches func(string) bool
}

// formats is the closed set. A new one is a new row; an unknown name is refused by Compile.
var formats = []format{
	{"date", isDate},
	{"email", isEmail},
	{"phone", isPhone},
}

// Formats lists the names that "format" may have, in order.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

func formatNamed(name string) func(string) bool {
	for _, f := range formats {
		if f.name == name {
			return f.matches
		}
	}
	return nil
}

// isDate accepts a day that exists, as 2026-02-28.
func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil && len(s) == len(time.DateOnly)
}

// isEmail accepts a bare address with a dot in its domain. Display names, comments, quotes and
// address literals are legal in a message header and are never what someone typed as their address.
func isEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(local) > 64 || len(domain) > 253 || !strings.Contains(domain, ".") {
		return false
	}
	for _, part := range strings.Split(local, ".") {
		if !only(part, "!#$%&'*+-/=?^_`{|}~") {
			return false
		}
	}
	for _, label := range strings.Split(domain, ".") {
		if len(label) > 63 || !only(label, "-") || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// only reports whether s is made of ASCII letters, digits and the marks, and isn't empty.
func only(s, marks string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && strings.IndexByte(marks, c) < 0 {
			return false
		}
	}
	return s != ""
}

// isPhone accepts digits alone, with a plus before an international number: 0591234567, +970591234567.
func isPhone(s string) bool {
	s = strings.TrimPrefix(s, "+")
	if len(s) < 7 || len(s) > 15 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
