package editor

import (
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/catalog/unit"
)

// A sense is what a text is the code of: fee, role, step and so on, as the first key of the mapping that declares one is called. Some are
// declared otherwise:
const (
	formulaSense   = "formula"
	factSense      = "fact"      // a key of facts
	decisionSense  = "decision"  // a key of the decisions of a step
	amountSense    = "amount"    // a key of the amounts of a tariff
	operationSense = "operation" // written registry/operation
	argumentSense  = "argument"  // a key of what an operation takes
	answerSense    = "answer"    // a key of what an operation gives
	scriptSense    = "script"    // a file
	drawingSense   = "drawing"   // a file beside the documents
	languageSense  = "language"  // a key of a text
	personSense    = "applicant" // a key of what is known of the applicant
	outcomeSense   = "outcome"   // a word with which an application ends
)

// holdsFormulas tells by a key's tag or documentation that its texts are formulas.
func holdsFormulas(k *source.Key) bool {
	return k.Names == formulaSense || strings.HasPrefix(k.Doc, "Formula") || strings.HasPrefix(k.Doc, "Named formulas") || strings.Contains(k.Doc, "each a formula")
}

// givesAuthority tells a step whose authority a formula gives from one that names it by its code.
func givesAuthority(s *spot) bool {
	return s.owner == stepType && s.key.Name == "of" && s.node.Kind == source.Scalar && !catalog.NamesAuthority(s.node.Value)
}

// textNames says what the texts of a key name, where neither a tag nor the name of the key does. A key with another type of value under the
// same name is not meant.
var textNames = map[string]string{
	"ask": operationSense, "write": operationSense,
	"review": "role", "inspect": "role", "appointment": "role", "by": "role",
	"issue": "document", "start": "service", "grant": "right", "change": "right", "about": "right",
	"pay": "fee", "release": "fee", "forfeit": "fee", "of": "fee",
	"path": "step", "notSame": "step", "invalidates": "step", "go": "step",
	"end": outcomeSense, "payee": "authority",
}

// valueNames says what the values of a map name.
var valueNames = map[string]string{"decide": decisionSense, "may": "service"}

// mapNames says what the keys of a map name.
var mapNames = map[string]string{
	"facts": factSense, "decisions": decisionSense, "amounts": amountSense, "tables": amountSense, "gives": answerSense,
	"with": argumentSense, "refund": "fee", "fees": "fee", "form": "field", "answers": operationSense, "applicant": personSense,
	"decide": "step", "officer": "step", "corrections": "step", "invite": "step", "dates": "step", "draw": "step", "split": "authority",
}

// words are closed sets that are plain texts in the language.
var words = map[string][]string{
	"to": {"applicant"}, "deliver": {"download", "pick-up", "post", "email"}, "accept": {"pdf", "jpeg", "png"},
	"weekend": {"friday", "saturday", "sunday", "monday", "tuesday", "wednesday", "thursday"},
	"unit":    unit.Codes(),
	"refund":  {"all", "keep"}, "within": {"lapse", "escalate", "refuse"}, "max": {"today"}, "promised": {"at once"},
}

// textSense says what the text at s is the code of: a kind of thing, formulaSense, or "".
func textSense(s *spot) string {
	if s.key == nil || s.isKey {
		return ""
	}
	if declared := declares(s.owner); declared == s.key.Name {
		if s.name == nil {
			return declared
		}
		return ""
	}
	if s.name != nil && s.key.Name == "refund" {
		return ""
	}
	switch {
	case holdsFormulas(s.key), givesAuthority(s):
		return formulaSense
	case s.key.Names != "" && s.name == nil:
		return s.key.Names
	case s.key.Type.Kind == "any" || s.key.Type.Kind == "map":
		return valueNames[s.key.Name]
	case kindTypes()[s.key.Name] != nil:
		return s.key.Name
	case s.key.Name == "then" && s.owner != nil && find(source.Spec(s.owner), "atMost") != nil:
		return decisionSense
	}
	return textNames[s.key.Name]
}

// Names says of what kind of thing the value of a key of a struct is the code, such as fee or role; formula for a formula, "" where it is no code.
func Names(owner reflect.Type, key *source.Key) string {
	return textSense(&spot{owner: owner, key: key, typ: key.Type, node: &source.Node{}})
}

// Words are those that a key takes beside what is declared, such as download for deliver.
func Words(key string) []string { return words[key] }

// keySense says what the key of a map at s, or a key of a mapping that it holds, is the code of.
func keySense(s *spot) string {
	if s.key == nil {
		return ""
	}
	if s.typ.Go == textType || s.typ.Go == keywordsType {
		return languageSense
	}
	if s.key.Names != "" && s.key.Names != formulaSense {
		return s.key.Names
	}
	if s.key.Name == "with" && s.owner == reflect.TypeFor[catalog.Operation]() {
		return argumentSense
	}
	return mapNames[s.key.Name]
}

var (
	textType     = reflect.TypeFor[catalog.Text]()
	keywordsType = reflect.TypeFor[catalog.Keywords]()
	stepType     = reflect.TypeFor[catalog.Step]()
	documentRow  = reflect.TypeFor[catalog.DocumentRow]()
)

// declares is what a struct declares: its own name where that is its first key, as a Fee has fee; or "".
func declares(t reflect.Type) string {
	if t == nil {
		return ""
	}
	keys := source.Spec(t)
	switch {
	case t == documentRow:
		return keys[0].Name // a row of a document, which alone may have a name
	case len(keys) == 0 || keys[0].Name != lowerFirst(t.Name()):
		return ""
	}
	return keys[0].Name
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// unnamed are mappings that begin with their own name and yet declare nothing that another place could name.
func unnamed(sense string) bool { return sense == "scenario" || sense == "block" }

// refers cuts registry/operation in its two names.
func refers(text string) (registry, name string, ok bool) { return strings.Cut(text, "/") }
