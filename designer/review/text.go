package review

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// file is what changes in the text of a file.
type file struct {
	Path, ID   string
	New, Gone  bool
	Plus, Less int
	Lines      []line
	Cut        bool // there is more than is shown
	Threads    []thread
	Say        *sayForm
	Open       bool
}

// line is a line of a difference. Sign is "+", "−", "" of one that stayed, and "…" where some are left out.
type line struct {
	Old, New int // 0: it stands only on the other side
	Sign     string
	Text     string
	Threads  []thread
}

// mostLines is how many lines of one file are shown.
const mostLines = 2000

// texts are the files that changed, line by line.
func (v *visit) texts(s *subject, t *talk) (out []file) {
	for i, path := range s.files() {
		was, before := s.was.Files[path]
		is, after := s.is.Files[path]
		f := file{Path: path, ID: "file-" + strconv.Itoa(i+1), New: !before, Gone: !after}
		f.Lines = lines(was, is)
		for _, l := range f.Lines {
			switch l.Sign {
			case plus:
				f.Plus++
			case minus:
				f.Less++
			}
		}
		if f.Cut = len(f.Lines) > mostLines; f.Cut {
			f.Lines = f.Lines[:mostLines]
		}
		for i := range f.Lines {
			if l := &f.Lines[i]; l.New > 0 {
				l.Threads = t.at(path, []string{lineKind, strconv.Itoa(l.New)})
				f.Open = f.Open || len(l.Threads) > 0
			}
		}
		f.Threads, f.Say = t.of(path), t.form(path, nil, v.locale.T("review.remark.file"))
		f.Open = f.Open || len(f.Threads) > 0
		if f.Say != nil {
			f.Say.Line = true
		}
		out = append(out, f)
	}
	return out
}

// Signs of lines.
const (
	plus  = "+"
	minus = "−"
	gap   = "…"
)

// lines compares two texts, with a few lines round what changed.
func lines(was, is []byte) (out []line) {
	unified := diff.Diff("was", ended(was), "is", ended(is))
	old, now := 0, 0
	for i, text := range strings.Split(strings.TrimSuffix(string(unified), "\n"), "\n") {
		switch {
		case i < 3 || text == "": // the head
		case strings.HasPrefix(text, "@@"):
			old, now = begins(text, "-"), begins(text, "+")
			if len(out) > 0 || old > 1 && now > 1 {
				out = append(out, line{Sign: gap})
			}
		case text[0] == '+':
			out = append(out, line{New: now, Sign: plus, Text: text[1:]})
			now++
		case text[0] == '-':
			out = append(out, line{Old: old, Sign: minus, Text: text[1:]})
			old++
		default:
			out = append(out, line{Old: old, New: now, Text: text[1:]})
			old++
			now++
		}
	}
	return out
}

// ended is a text whose last line ends, as the comparison wants it.
func ended(b []byte) []byte {
	if len(b) == 0 || bytes.HasSuffix(b, []byte("\n")) {
		return b
	}
	return append(bytes.Clone(b), '\n')
}

// begins is the line at which a part begins, by its head such as @@ -3,7 +3,8 @@.
func begins(head, sign string) int {
	for _, word := range strings.Fields(head) {
		if at, found := strings.CutPrefix(word, sign); found {
			at, _, _ = strings.Cut(at, ",")
			n, _ := strconv.Atoi(at) // written by the comparison
			return n
		}
	}
	return 0
}
