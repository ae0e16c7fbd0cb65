package review

import (
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/explain"
)

// finding is what the checker says of a file that changed.
type finding struct {
	Error             bool
	Text, Help, Where string
}

// mostFindings is how many findings are shown.
const mostFindings = 60

// findingWords is the language in which findings are told: Arabic, else English.
func (v *visit) findingWords() *diag.Language {
	if v.locale.Lang() == "ar" {
		return explain.Arabic()
	}
	return nil
}

// findings are those of the files that changed, and of the services that are made of them.
func (v *visit) findings(s *subject) (out []finding) {
	changed := s.files()
	list := slices.Clone(s.reading)
	list.Add(check.Shared(s.is)...)
	for _, one := range s.is.Services {
		if slices.ContainsFunc(changed, func(path string) bool {
			return path == one.File || slices.Contains(s.is.MadeOf(one.File), path)
		}) {
			list.Add(check.Service(s.is, one)...)
		}
	}
	list = slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return !slices.Contains(changed, d.Range.File) })
	list.Sort()
	for _, d := range list.Once().Cap(mostFindings) {
		d = d.In(v.findingWords())
		out = append(out, finding{Error: d.Severity == diag.Error, Text: d.Summary, Help: d.Help, Where: d.Range.File + ":" + strconv.Itoa(d.Range.Start.Line)})
	}
	return out
}
