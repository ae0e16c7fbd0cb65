package formula

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// MaxSource is the longest formula in bytes.
const MaxSource = 4000

type tokenKind int

const (
	wordToken tokenKind = iota
	numberToken
	textToken
	symbolToken
)

// token is a piece of the source as the author wrote it, in bytes.
type token struct {
	kind       tokenKind
	start, end int
}

// source is a formula's text, its tokens, and the text that CEL parses: the
// same with and, or and not as symbols. at maps each rune of that text (and
// its end) back to the byte that it stands for.
type source struct {
	text   string
	tokens []token
	cel    string
	at     []int32
}

func (s *source) word(i int) string {
	if i < 0 || i >= len(s.tokens) {
		return ""
	}
	return s.text[s.tokens[i].start:s.tokens[i].end]
}

// scan splits the text into tokens and rewrites the words. It accepts any
// text: what is no formula is the parser's to refuse.
func scan(text string) *source {
	s := &source{text: text, tokens: tokenize(text)}
	s.rewrite()
	return s
}

func tokenize(text string) []token {
	tokens := make([]token, 0, len(text)/4+4)
	for i := 0; i < len(text); {
		start, c := i, text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			i++
			continue
		case strings.HasPrefix(text[i:], "//"):
			if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
				i += n
			} else {
				i = len(text)
			}
			continue
		case c == '"' || c == '\'':
			i = textEnd(text, i, false)
			tokens = append(tokens, token{textToken, start, i})
		case isLetter(c):
			for i < len(text) && (isLetter(text[i]) || isDigit(text[i])) {
				i++
			}
			// r"…" and b"…": the letters belong to the literal.
			if i < len(text) && (text[i] == '"' || text[i] == '\'') && isPrefix(text[start:i]) {
				i = textEnd(text, i, strings.ContainsAny(text[start:i], "rR"))
				tokens = append(tokens, token{textToken, start, i})
				break
			}
			tokens = append(tokens, token{wordToken, start, i})
		case isDigit(c) || c == '.' && i+1 < len(text) && isDigit(text[i+1]) && !afterOperand(tokens, i):
			i = numberEnd(text, i)
			tokens = append(tokens, token{numberToken, start, i})
		default:
			_, n := utf8.DecodeRuneInString(text[i:])
			i += n
			if i < len(text) && i == start+1 {
				switch text[start : i+1] {
				case "&&", "||", "==", "!=", "<=", ">=":
					i++
				}
			}
			tokens = append(tokens, token{symbolToken, start, i})
		}
	}
	return tokens
}

// afterOperand: a point directly behind a word or bracket selects.
func afterOperand(tokens []token, at int) bool {
	return len(tokens) > 0 && tokens[len(tokens)-1].end == at && tokens[len(tokens)-1].kind != symbolToken
}

func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

func isPrefix(s string) bool {
	switch strings.ToLower(s) {
	case "r", "b", "rb", "br":
		return true
	}
	return false
}

// textEnd is behind the closing quote of the literal whose quote is at i, or
// the end of the text if it does not close.
func textEnd(text string, i int, raw bool) int {
	quote := text[i : i+1]
	if strings.HasPrefix(text[i:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	for i += len(quote); i < len(text); i++ {
		if text[i] == '\\' && !raw {
			i++
			continue
		}
		if strings.HasPrefix(text[i:], quote) {
			return i + len(quote)
		}
	}
	return len(text)
}

func numberEnd(text string, i int) int {
	digits := func() {
		for i < len(text) && isDigit(text[i]) {
			i++
		}
	}
	if strings.HasPrefix(text[i:], "0x") || strings.HasPrefix(text[i:], "0X") {
		for i += 2; i < len(text) && (isDigit(text[i]) || isLetter(text[i])); i++ {
		}
		return i
	}
	digits()
	if i+1 < len(text) && text[i] == '.' && isDigit(text[i+1]) {
		i++
		digits()
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		j := i + 1
		if j < len(text) && (text[j] == '+' || text[j] == '-') {
			j++
		}
		if j < len(text) && isDigit(text[j]) {
			i = j
			digits()
		}
	}
	if i < len(text) && (text[i] == 'u' || text[i] == 'U') {
		i++
	}
	return i
}

// rewrite writes cel and at. The word not takes all that follows it up to the
// next and, or, ?, :, comma or closing bracket around it: not a == b becomes
// !(a == b).
func (s *source) rewrite() {
	var out strings.Builder
	out.Grow(len(s.text) + 8)
	s.at = make([]int32, 0, len(s.text)+8)
	write := func(text string, at int) {
		out.WriteString(text)
		for range text {
			s.at = append(s.at, int32(at))
		}
	}
	copied := 0 // the source up to here is written
	copyTo := func(end int) {
		for i := range s.text[copied:end] {
			s.at = append(s.at, int32(copied+i))
		}
		out.WriteString(s.text[copied:end])
		copied = end
	}
	depth, lastEnd := 0, 0
	var open []int // the depths at which a not has opened a bracket
	closeFrom := func(d int) {
		for len(open) > 0 && open[len(open)-1] >= d {
			write(")", lastEnd)
			open = open[:len(open)-1]
		}
	}
	for i, t := range s.tokens {
		word := s.word(i)
		selected := i > 0 && s.word(i-1) == "."
		replacement := ""
		switch {
		case t.kind == wordToken && !selected:
			switch word {
			case "and":
				replacement = "&&"
			case "or":
				replacement = "||"
			case "not":
				replacement = "!("
			}
			if replacement != "" && replacement != "!(" {
				closeFrom(depth)
			}
		case t.kind == symbolToken:
			switch word {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				closeFrom(depth)
				depth--
			case "&&", "||", "?", ":", ",":
				closeFrom(depth)
			}
		}
		if replacement != "" {
			copyTo(t.start)
			write(replacement, t.start)
			copied = t.end
			if replacement == "!(" {
				open = append(open, depth)
			}
		} else {
			copyTo(t.end)
		}
		lastEnd = t.end
	}
	closeFrom(-1 << 31)
	copyTo(len(s.text))
	s.at = append(s.at, int32(len(s.text)))
	s.cel = out.String()
}

// offset is the source byte of a rune of the CEL text.
func (s *source) offset(r int32) int {
	if r < 0 {
		return 0
	}
	return int(s.at[min(int(r), len(s.at)-1)])
}

// tokenAt is the token that holds or follows the byte, or the last one; -1
// when there are none.
func (s *source) tokenAt(offset int) int {
	i := sort.Search(len(s.tokens), func(i int) bool { return s.tokens[i].end > offset })
	return min(i, len(s.tokens)-1)
}
