package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Validation is a rule across fields (a formula that must be true) or a script.
type Validation struct {
	source.Ranged
	Rule    source.Text `diwan:"rule" doc:"Formula that must be true."`
	Script  source.Text `diwan:"script" doc:"File beside the definition with function validate(value, form)."`
	Field   source.Text `diwan:"field,required" doc:"Field beside which the message stands."`
	When    source.Text `diwan:"when" doc:"Formula: checked only when it is true."`
	Message Text        `diwan:"message,required" doc:"What to say, and what to do."`
}
