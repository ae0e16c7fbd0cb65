package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Triage is how what the public writes is looked at before it counts, and what of it others may read.
type Triage struct {
	source.Ranged
	By      source.Text   `diwan:"by,required" names:"role" doc:"Role that takes each submission, or sets it aside with a reason. What nobody has looked at when the time is over is taken."`
	Publish []source.Text `diwan:"publish" names:"field" doc:"Fields of the step's own form that anybody may read of what was taken; who wrote it is never shown."`
}

// What becomes of a submission of the public where there is a triage, in scenarios.
const (
	Taken    = "taken"
	SetAside = "setAside"
)

// Personal tells whether an answer of this type says who somebody is or how to reach them.
func (t FieldType) Personal() bool {
	switch t {
	case NationalField, PhoneField, EmailField, IBANField, AddressField, PersonField:
		return true
	}
	return false
}
