package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Scenario is an example inside the definition: an input, what others answer, and what must come out.
type Scenario struct {
	source.Ranged
	Title   source.Text             `diwan:"scenario,required" doc:"What it shows."`
	On      source.Text             `diwan:"on" doc:"Day of submission (YYYY-MM-DD), the scenario's today; needed."`
	Form    *source.Node            `diwan:"form" doc:"Answers of the applicant."`
	Person  *source.Node            `diwan:"applicant" doc:"Facts of the applicant that differ from the usual sample person."`
	Answers *source.Node            `diwan:"answers" doc:"Answers of the registries, by registry/operation."`
	Decide  source.Map[source.Text] `diwan:"decide" doc:"Decision of each review, by step."`
	Expect  Expectation             `diwan:"expect,required" doc:"What must come out."`
}

// Expectation is what a scenario must come out as.
type Expectation struct {
	source.Ranged
	Path []source.Text           `diwan:"path" doc:"Steps that were reached, in order."`
	Fees source.Map[source.Text] `diwan:"fees" doc:"Fee lines and their amounts; all that are due."`
	End  source.Text             `diwan:"end,required" doc:"Outcome of the application."`
}
