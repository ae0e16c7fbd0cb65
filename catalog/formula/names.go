package formula

// Name is one word of a formula's text that reads something: form and years of form.years are two. Start and End are bytes of the text.
type Name struct {
	Word  string
	Start int
	End   int
	// Of is the index in the list of the name to the left of the point, or -1: years is of form.
	Of int
	// Call says that the name is that of a function, such as min, or of what is asked of a list, such as all.
	Call bool
	// Item is the index of the list whose items the name stands for, as c in form.children.all(c, c.age > 3), or -1. Where the list has no
	// name, as a list in brackets, the item is unknown and Item is -1 too.
	Item int
}

// Names lists the names in a formula's text from left to right. It works on any text, also a half-written one, and leaves out words of the
// language and what stands in quotation marks.
func Names(text string) []Name {
	if len(text) > MaxSource {
		return nil
	}
	s := &source{text: text, tokens: tokenize(text)}
	var out []Name
	at := make(map[int]int, len(s.tokens)) // token to name
	type loop struct {
		item  string
		list  int
		depth int
	}
	var loops []loop
	depth := 0
	for i, t := range s.tokens {
		switch word := s.word(i); {
		case t.kind == symbolToken && (word == "(" || word == "[" || word == "{"):
			depth++
			if list, ok := loopOver(s, i, at, out); ok && i+1 < len(s.tokens) && s.tokens[i+1].kind == wordToken {
				loops = append(loops, loop{s.word(i + 1), list, depth})
			}
		case t.kind == symbolToken && (word == ")" || word == "]" || word == "}"):
			depth--
			for len(loops) > 0 && loops[len(loops)-1].depth > depth {
				loops = loops[:len(loops)-1]
			}
		case t.kind == wordToken:
			n := Name{Word: word, Start: t.start, End: t.end, Of: -1, Item: -1, Call: s.word(i+1) == "("}
			if s.word(i-1) == "." {
				of, known := at[i-2]
				if !known { // a field of what a call gives: nobody knows its type here
					continue
				}
				n.Of = of
			} else if sayable[word] {
				continue
			}
			for j := len(loops) - 1; j >= 0 && n.Of < 0 && !n.Call; j-- {
				if loops[j].item == word {
					n.Item = loops[j].list
					break
				}
			}
			at[i] = len(out)
			out = append(out, n)
		}
	}
	return out
}

// sayable are the words that are no names.
var sayable = map[string]bool{"and": true, "or": true, "not": true, "in": true, "true": true, "false": true, "null": true}

// loopOver tells whether the bracket at token i opens what is asked of a list, and gives the list's name.
func loopOver(s *source, i int, at map[int]int, names []Name) (list int, ok bool) {
	switch s.word(i - 1) {
	case "all", "exists", "filter", "map":
	default:
		return 0, false
	}
	asked, known := at[i-1]
	if !known {
		return 0, false
	}
	return names[asked].Of, names[asked].Of >= 0
}
