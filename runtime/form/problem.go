package form

import (
	"cmp"
	"embed"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Codes of problems. They are stable.
const (
	RequiredProblem       = "required"
	TypeProblem           = "type"
	PatternProblem        = "pattern"
	MinProblem            = "min"
	MaxProblem            = "max"
	OptionProblem         = "option"
	DateProblem           = "date"
	EmailProblem          = "email"
	PhoneProblem          = "phone"
	NationalNumberProblem = "national-number"
	TooLongProblem        = "too-long"
	FileMissingProblem    = "file-missing"
	FileTypeProblem       = "file-type"
	FileSizeProblem       = "file-size"
	FilePagesProblem      = "file-pages"
	RuleProblem           = "rule"
	ScriptProblem         = "script"
	UnavailableProblem    = "script-unavailable"
	UnknownFieldProblem   = "unknown-field"
	IBANProblem           = "iban"
	TooFewProblem         = "too-few"
	TooManyProblem        = "too-many"
	NoOptionsProblem      = "no-options" // there is nothing to choose from
	NoValueProblem        = "no-value"   // what is worked out could not be
)

// Problem is what is wrong with one answer. It never holds the answer.
type Problem struct {
	Path string `json:"path"` // JSON pointer into the answers as they came: "/licenceNumber", "/children/2/age"
	// Field is the name of the control, as "licenceNumber" or "children.2.age"; "" where the form has no such field.
	Field string `json:"field,omitempty"`
	Code  string `json:"code"`
	// Message is the key of the sentence: rules.N, scripts.N, and fields.CODE and none.CODE (of a row GROUP.CODE) in the plan's texts, else form.problem.… in Messages.
	Message string `json:"-"`
	// Args are what the sentence says beside its words: min, max, accept. Under "code" stands what a script returned, where it returned a text.
	Args map[string]string `json:"args,omitempty"`
	// Cause is why a script could not be run, for the operator's log; it holds nothing that the applicant wrote.
	Cause error `json:"-"`
}

// Messages holds messages/{ar,en}.yaml, the sentences under form., in the shape that runtime/ui reads.
//
//go:embed messages
var Messages embed.FS

// Text is the sentence to show in lang, else in another language that has it. texts may be nil.
func (p Problem) Text(texts *plan.Texts, lang string) string {
	kind, rest, _ := strings.Cut(p.Message, ".")
	if texts != nil {
		text := plan.Text(nil)
		switch kind {
		case "rules":
			text = at(texts.Rules, rest)
		case "scripts":
			text = at(texts.Scripts, rest)
		case "fields":
			text = fieldText(texts.Fields, rest).Message
		case "none":
			text = fieldText(texts.Fields, rest).None
		}
		if words := text.In(lang, texts.Languages...); words != "" {
			return words
		}
	}
	if kind != "form" {
		return sentence("form.problem."+p.Code, lang, p.Args)
	}
	return sentence(p.Message, lang, p.Args)
}

// fieldText finds the words of a field by its code, or as group.code.
func fieldText(fields []plan.FieldText, path string) plan.FieldText {
	code, inner, nested := strings.Cut(path, ".")
	for _, f := range fields {
		switch {
		case f.Code != code:
		case nested:
			return fieldText(f.Fields, inner)
		default:
			return f
		}
	}
	return plan.FieldText{}
}

func at(texts []plan.Text, index string) plan.Text {
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= len(texts) {
		return nil
	}
	return texts[i]
}

// sentence is a message of this package with its arguments, or the key where there is none.
func sentence(key, lang string, args map[string]string) string {
	for _, l := range []string{lang, "en", "ar"} {
		text, ok := sentences()[l][key]
		if !ok {
			continue
		}
		for name, value := range args {
			text = strings.ReplaceAll(text, "{"+name+"}", argument(value, l))
		}
		return text
	}
	return key
}

// dayLayouts are how a day is written in digits where it is not 31/1/2026.
var dayLayouts = map[string]string{"fr": "02/01/2006", "kk": "02.01.2006", "ru": "02.01.2006"}

// argument writes a day as people do, and keeps what runs from left to right together in an Arabic sentence.
func argument(value, lang string) string {
	if t, err := time.Parse(time.DateOnly, value); err == nil {
		value = t.Format(cmp.Or(dayLayouts[lang], "2/1/2006"))
	}
	if lang == "ar" && strings.Trim(value, "0123456789") != "" {
		return "\u2066" + value + "\u2069"
	}
	return value
}

// languages are those in which forms speak.
var languages = []string{"ar", "en", "kk", "ru", "fr"}

// sentences are the texts of Messages by language and dotted key.
var sentences = sync.OnceValue(func() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, lang := range languages {
		name := "messages/" + lang + ".yaml"
		b, err := Messages.ReadFile(name)
		if err != nil {
			panic("form: " + err.Error())
		}
		root, list := source.Parse(name, b, source.Limits{})
		if list.HasErrors() {
			panic("form: " + list[0].Summary)
		}
		out[lang] = map[string]string{}
		flatten(root, "", out[lang])
	}
	return out
})

func flatten(n *source.Node, prefix string, into map[string]string) {
	if n.Kind == source.Scalar {
		into[strings.TrimPrefix(prefix, ".")] = n.Value
		return
	}
	for key, value := range n.Pairs() {
		flatten(value, prefix+"."+key.Value, into)
	}
}
