package formula

import "strings"

// Written gives the tokens of a formula as they count: without white space and comments, with the words and and or as their symbols, and
// texts in double quotation marks where that needs no escape. Two formulas with the same tokens mean the same. It accepts any text.
func Written(text string) []string {
	s := &source{text: text, tokens: tokenize(text)}
	out := make([]string, len(s.tokens))
	for i, t := range s.tokens {
		word := s.word(i)
		switch {
		case t.kind == textToken:
			word = doubleQuoted(word)
		case t.kind == wordToken && s.word(i-1) == ".":
		case word == "and":
			word = "&&"
		case word == "or":
			word = "||"
		}
		out[i] = word
	}
	return out
}

func doubleQuoted(literal string) string {
	if len(literal) < 2 || literal[0] != '\'' || strings.HasPrefix(literal, "'''") || literal[len(literal)-1] != '\'' {
		return literal
	}
	inner := literal[1 : len(literal)-1]
	if strings.ContainsAny(inner, `"\`) {
		return literal
	}
	return `"` + inner + `"`
}
