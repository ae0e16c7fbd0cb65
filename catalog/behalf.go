package catalog

import (
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Representation is a capacity in which somebody may apply for another person. The applicant is then that other person, and formulas read who
// fills in the form as representative.
type Representation struct {
	source.Ranged
	As       PersonRole  `diwan:"as,required" doc:"In which capacity somebody applies for the applicant."`
	Title    Text        `diwan:"title" doc:"What the capacity is called here, where its usual name does not say it."`
	Mandate  *Mandate    `diwan:"mandate" doc:"A registry proves it: it is asked before anything else, when the form is opened and again when it is sent."`
	Evidence source.Text `diwan:"evidence" names:"field" doc:"A paper proves it: the field of a file that is asked of everybody who applies in this capacity."`
}

// Mandate is the question to a registry that proves a capacity. That the registry knows nothing means that there is no mandate.
type Mandate struct {
	source.Ranged
	Ask       source.Text             `diwan:"ask,required" doc:"registry/operation to ask; one that is no longer in force is not found."`
	With      source.Map[source.Text] `diwan:"with" doc:"Arguments, each a formula over representative, applicant and asOf."`
	Otherwise Text                    `diwan:"otherwise,required" doc:"What is said where the registry knows of no mandate, and what to do."`
}

// Holds is the condition under which somebody applies in the capacity.
func (r *Representation) Holds() string {
	return "has(" + RepresentativeRoot + ") and " + RepresentativeRoot + `.as == "` + string(r.As) + `"`
}

// Representative is the root of who applies for the applicant: absent where the applicant applies.
func Representative() formula.Field {
	f := object(RepresentativeRoot, []formula.Field{
		field("as", formula.KindText), field("nationalNumber", formula.KindText), field("name", formula.KindText), field("birthDate", formula.KindDate),
	})
	f.Optional = true
	return f
}
