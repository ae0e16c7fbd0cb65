package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Validation is a rule across fields (a formula that must be true) or a script.
type Validation struct {
	source.Ranged
	Rule    source.Text `diwan:"rule" doc:"Formula that must be true."`
	Script  source.Text `diwan:"script" doc:"File beside the definition with function validate(value, form)."`
	Field   source.Text `diwan:"field,required" doc:"Field beside which the message stands; group.field for one in the rows of a group, where it is tried for each row."`
	When    source.Text `diwan:"when" doc:"Formula: checked only when it is true."`
	Message Text        `diwan:"message,required" doc:"What to say, and what to do."`
	Tests   []Judgement `diwan:"tests" doc:"Of a script: what it must say of some values; diwan test runs it on them."`
}

// Judgement is an example of a script: a value, and whether it is right.
type Judgement struct {
	source.Ranged
	Value *source.Node `diwan:"value" doc:"The answer, as it is stored: digits are 0 to 9 by then."`
	Form  *source.Node `diwan:"form" doc:"The other answers that the script reads."`
	OK    bool         `diwan:"ok,required" doc:"true where the script must find nothing wrong."`
}
