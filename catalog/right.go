package catalog

import (
	"maps"
	"slices"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Right is something that outlives the case in which it was granted: a permit, a licence, a benefit. It has a holder, terms, a number of its
// own and an end; later cases read it (ask: rights/CODE) and change it.
type Right struct {
	source.Ranged
	Code      source.Text               `diwan:"right,required" doc:"Code of the right."`
	Title     Text                      `diwan:"title,required" doc:"Its name, in each language."`
	Authority source.Text               `diwan:"authority,required" doc:"Authority that keeps its register."`
	Holder    HolderKind                `diwan:"holder,required" doc:"Who may hold it."`
	Register  source.Text               `diwan:"register,required" doc:"Prefix of its numbers, for instance DL."`
	Terms     source.Map[Type]          `diwan:"terms" doc:"What it says besides holder, status, grantedOn and validUntil: names and their types."`
	Public    []source.Text             `diwan:"public" doc:"Terms that anybody may look up who has the number. Number, status and validity always are public."`
	May       source.Map[[]source.Text] `diwan:"may" doc:"Which services may change it, by what becomes of it: {renewed: [transport.licence.renew]}."`
	Dues      []Due                     `diwan:"dues" doc:"What its holder is asked for from time to time while it is valid."`
	Reminders []Reminder                `diwan:"reminders" doc:"What the holder is told before it ends."`
	Keep      source.Text               `diwan:"keep,required" doc:"How long it is kept after its end, such as 10 years after end."`
	Sample    bool                      `diwan:"sample" doc:"true marks what is our completion and not a sourced fact."`
}

// HolderKind is the closed set of holders of a right.
type HolderKind string

// PersonHolder is the kind of right that an applicant holds where the step says nothing else.
const PersonHolder HolderKind = "person"

// Values lists the set.
func (HolderKind) Values() []string { return []string{string(PersonHolder), "business", "property"} }

// Due is a service that is started for the holder again and again.
type Due struct {
	source.Ranged
	Service source.Text `diwan:"service,required" doc:"Service that is started for the holder, such as the yearly fee."`
	Every   source.Text `diwan:"every,required" doc:"How often: 1 year."`
	Missed  source.Text `diwan:"missed,required" doc:"What becomes of the right when that service does not end well: suspended, revoked, or nothing."`
}

// Reminder is a text that the holder is sent before the end.
type Reminder struct {
	source.Ranged
	Before source.Text `diwan:"before,required" doc:"How long before the end: 60 days."`
	Text   Text        `diwan:"text,required" doc:"What the holder is told, and what to do."`
}

// RightsRegistry is the registry, declared by the rights of the catalogue, whose operations read them: ask: rights/driving-licence.
const RightsRegistry = "rights"

// RightChanges lists what may become of a right.
func RightChanges() []string {
	return []string{"renewed", "suspended", "resumed", "transferred", "replaced", "revoked", "expired"}
}

// rightStatuses are the statuses of a right, with their words.
var rightStatuses = []struct {
	code  string
	words map[string]string
}{
	{"valid", map[string]string{"ar": "ساري", "en": "Valid", "kk": "Қолданыста", "ru": "Действует", "fr": "Valide"}},
	{"suspended", map[string]string{"ar": "موقوف", "en": "Suspended", "kk": "Тоқтатыла тұрған", "ru": "Приостановлено", "fr": "Suspendu"}},
	{"replaced", map[string]string{"ar": "مستبدل", "en": "Replaced", "kk": "Ауыстырылған", "ru": "Заменено", "fr": "Remplacé"}},
	{"revoked", map[string]string{"ar": "ملغى", "en": "Revoked", "kk": "Күші жойылған", "ru": "Отозвано", "fr": "Retiré"}},
	{"expired", map[string]string{"ar": "منتهٍ", "en": "Expired", "kk": "Мерзімі өткен", "ru": "Срок истёк", "fr": "Expiré"}},
}

// RightTerms are the fields under which formulas read any right, before its own terms.
func RightTerms() []string { return []string{"holder", "status", "grantedOn", "validUntil"} }

// operation is how a right is read.
func (r *Right) operation() Operation {
	plain := func(word string, optional bool) Type { return Type{Ranged: r.Ranged, Word: word, Optional: optional} }
	status := Type{Ranged: r.Ranged, Word: ChoiceWord}
	for _, s := range rightStatuses {
		status.Options.Entries = append(status.Options.Entries, source.Entry[Text]{Key: source.Text{Value: s.code}, Value: plainText(s.words)})
	}
	gives := source.Map[Type]{Ranged: r.Ranged}
	add := func(name string, t Type) {
		gives.Entries = append(gives.Entries, source.Entry[Type]{Key: source.Text{Value: name}, Value: t})
	}
	add("holder", plain("text", false))
	add("status", status)
	add("grantedOn", plain("date", false))
	add("validUntil", plain("date", true))
	gives.Entries = append(gives.Entries, r.Terms.Entries...)
	number := source.Map[Type]{Ranged: r.Ranged, Entries: []source.Entry[Type]{{Key: source.Text{Value: "number"}, Value: plain("text", false)}}}
	return Operation{Ranged: r.Ranged, Code: r.Code, Title: r.Title, With: number, Gives: gives}
}

// rightsRegistry is the registry that the rights are together, or nil where there are none.
func rightsRegistry(rights []*Right) *Registry {
	if len(rights) == 0 {
		return nil
	}
	out := &Registry{Ranged: rights[0].Ranged, Code: source.Text{Value: RightsRegistry}}
	for _, r := range rights {
		out.Operations = append(out.Operations, r.operation())
	}
	return out
}

// plainText is a text that stands in no file.
func plainText(words map[string]string) (t Text) {
	for _, l := range slices.Sorted(maps.Keys(words)) {
		t.Entries = append(t.Entries, source.Entry[source.Text]{Key: source.Text{Value: l}, Value: source.Text{Value: words[l]}})
	}
	return t
}
