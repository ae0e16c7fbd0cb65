package difference

import (
	"strings"
	"unicode"
)

// Piece is a part of a text; Differs tells that the other text has it not.
type Piece struct {
	Text    string
	Differs bool
}

// mostWords bounds what is compared word by word; longer texts differ as a whole.
const mostWords = 600

// Words compares two texts word by word.
func Words(was, is string) (old, now []Piece) {
	a, b := words(was), words(is)
	if len(a) > mostWords || len(b) > mostWords {
		return whole(was, was != is), whole(is, was != is)
	}
	// longest[i][j] is how many words a from i on and b from j on have in common, in order.
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			old, now = add(old, a[i], false), add(now, b[j], false)
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && longest[i+1][j] >= longest[i][j+1]:
			old = add(old, a[i], true)
			i++
		default:
			now = add(now, b[j], true)
			j++
		}
	}
	return old, now
}

func whole(text string, differs bool) []Piece {
	if text == "" {
		return nil
	}
	return []Piece{{text, differs}}
}

func add(list []Piece, text string, differs bool) []Piece {
	if n := len(list); n > 0 && list[n-1].Differs == differs {
		list[n-1].Text += text
		return list
	}
	return append(list, Piece{text, differs})
}

// words are the words of a text and what is between them, which together are the text.
func words(text string) (out []string) {
	for text != "" {
		space := strings.TrimLeftFunc(text, unicode.IsSpace) != text
		end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) != space })
		if end < 0 {
			end = len(text)
		}
		out, text = append(out, text[:end]), text[end:]
	}
	return out
}
