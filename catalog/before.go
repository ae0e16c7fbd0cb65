package catalog

import (
	"regexp"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Before is a lookup that is made when the form is opened, and again when it is sent. Formulas of the form and of everything after it read the
// answer under As.
type Before struct {
	source.Ranged
	Ask      source.Text             `diwan:"ask,required" doc:"registry/operation to ask."`
	As       source.Text             `diwan:"as,required" doc:"Name under which formulas read the answer, such as person."`
	With     source.Map[source.Text] `diwan:"with" doc:"Arguments, each a formula over applicant, asOf and the answers before it."`
	NotFound *Refusal                `diwan:"notFound" doc:"What is said where the registry knows no such thing: nobody can apply then."`
	Optional bool                    `diwan:"optional" doc:"true: one can apply where the registry knows no such thing; formulas then ask has(name.field) or orElse."`
}

// Eligibility is a condition of those who may apply, read before the form is filled in and again when it is sent.
type Eligibility struct {
	source.Ranged
	Must      source.Text `diwan:"must,required" doc:"Formula over applicant, asOf, tariff and what was asked before: who may apply."`
	Otherwise Text        `diwan:"otherwise,required" doc:"The reason in the citizen's words, and what to do."`
}

var readPath = regexp.MustCompile(`[a-z][A-Za-z0-9]*(?:\.[a-z][A-Za-z0-9]*)+`)

// PrefillGuards are conditions under which a prefill is compiled: everything that it reads is there, since a field opens empty where something
// is not. A field that cannot be changed and must be filled in has none: its formula must say what holds then.
func PrefillGuards(prefill string, readOnly, optional bool) []string {
	if readOnly && !optional {
		return nil
	}
	var out []string
	for _, path := range readPath.FindAllString(quotedText.ReplaceAllString(prefill, `""`), -1) {
		out = append(out, "has("+path+")")
	}
	return out
}

// BeforeRoots are the names under which formulas of the form read what is asked before it.
func (s *Service) BeforeRoots() []string {
	var out []string
	for i := range s.Before {
		out = append(out, s.Before[i].As.Value)
	}
	return out
}
