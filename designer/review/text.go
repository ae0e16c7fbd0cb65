package review

import (
	"strconv"

	"github.com/diwan-gov/diwan/designer/difference"
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

// line is a line of a difference, with what was remarked on it.
type line struct {
	difference.Line
	Threads []thread
}

// mostLines is how many lines of one file are shown.
const mostLines = 2000

// texts are the files that changed, line by line.
func (v *visit) texts(s *subject, t *talk) (out []file) {
	for i, path := range s.files() {
		was, before := s.was.Files[path]
		is, after := s.is.Files[path]
		f := file{Path: path, ID: "file-" + strconv.Itoa(i+1), New: !before, Gone: !after}
		for _, l := range difference.Lines(was, is) {
			f.Lines = append(f.Lines, line{Line: l})
		}
		for _, l := range f.Lines {
			switch l.Sign {
			case difference.Plus:
				f.Plus++
			case difference.Minus:
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
