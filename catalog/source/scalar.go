package source

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// scalar decodes text, truth values and whole numbers.
func (d *Decoder) scalar(n *Node, v reflect.Value, p *plan) {
	switch p.shape {
	case shapeText:
		if n.Kind != Scalar {
			d.Expected(n, "text")
			return
		}
		v.SetString(n.Value)
	case shapeEnum:
		if n.Kind != Scalar || !slices.Contains(p.values, n.Value) {
			d.expectedWord(n, v.Interface(), p.values)
			return
		}
		v.SetString(n.Value)
	case shapeBool:
		if n.Kind != Scalar || n.Style != Plain || n.Value != "true" && n.Value != "false" {
			d.expectedBool(n)
			return
		}
		v.SetBool(n.Value == "true")
	case shapeInt:
		if n.Kind != Scalar || n.Style != Plain || !whole(n.Value) {
			d.expectedNumber(n, "a whole number", whole)
			return
		}
		x, err := strconv.ParseInt(n.Value, 10, v.Type().Bits())
		if err != nil {
			d.Expected(n, "a smaller number")
			return
		}
		v.SetInt(x)
	}
}

// Synonymous is implemented by an Enum that knows other people's words for its values, such as select for choice.
type Synonymous interface {
	Synonym(word string) string // "" where there is none
}

// expectedWord reports a value that is not in the set of an Enum.
func (d *Decoder) expectedWord(n *Node, enum any, values []string) {
	if n.Kind == Scalar {
		if s, ok := enum.(Synonymous); ok && s.Synonym(n.Value) != "" {
			d.OneOf(n, values, s.Synonym(n.Value))
			return
		}
	}
	d.OneOf(n, values, "")
}

func (d *Decoder) expectedBool(n *Node) {
	if n.Kind != Scalar {
		d.Expected(n, "true or false")
		return
	}
	p := wrongKind(n, diag.Say("true or false"))
	switch strings.ToLower(n.Value) {
	case "true", "yes", "on", "y", "1", "نعم":
		p.Suggestion = "true"
	case "false", "no", "off", "n", "0", "لا":
		p.Suggestion = "false"
	}
	if p.Suggestion == n.Value {
		p = p.WithHelp("Remove the quotation marks.")
	}
	d.Add(p)
}

// expectedNumber reports a value that is no number and suggests the number that it probably is.
func (d *Decoder) expectedNumber(n *Node, want diag.Phrase, valid func(string) bool) {
	if n.Kind != Scalar {
		d.Expected(n, want)
		return
	}
	p := wrongKind(n, diag.Say(want))
	if s := probableNumber(n.Value); valid(s) {
		p.Suggestion = s
		switch {
		case s == n.Value:
			p = p.WithHelp("Remove the quotation marks.")
		case n.Style == Plain && strings.HasPrefix(strings.TrimPrefix(n.Value, "-"), "0"):
			p = p.WithHelp("A number does not begin with a zero.")
		}
	}
	d.Add(p)
}

// PlainDigits writes Arabic and Persian digits as 0 to 9 and their decimal sign as a point.
func PlainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		case r == '٫':
			return '.'
		}
		return r
	}, s)
}

// probableNumber writes plain digits and drops group separators and leading zeros.
func probableNumber(s string) string {
	s = strings.NewReplacer(",", "", "_", "", "٬", "").Replace(PlainDigits(strings.TrimSpace(s)))
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9' {
		s = s[1:]
	}
	return sign + s
}

// digits counts the digits at the beginning of s.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// whole tells a whole number of at most 18 digits, which an int64 holds: no plus sign, no leading zero.
func whole(s string) bool {
	if s == "-0" {
		return false
	}
	s = strings.TrimPrefix(s, "-")
	n := digits(s)
	return n == len(s) && n >= 1 && n <= 18 && (n == 1 || s[0] != '0')
}

// decimal tells a whole number of at most 15 digits with at most 10 more after a point.
func decimal(s string) bool {
	before, after, point := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if n := digits(before); n != len(before) || n < 1 || n > 15 || n > 1 && before[0] == '0' {
		return false
	}
	if !point {
		return s != "-0"
	}
	n := digits(after)
	return n == len(after) && n >= 1 && n <= 10
}
