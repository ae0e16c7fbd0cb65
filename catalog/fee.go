package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Fee is one line of what the service costs.
type Fee struct {
	source.Ranged
	Code   source.Text `diwan:"fee,required" doc:"Code of the line."`
	Title  Text        `diwan:"title,required" doc:"What it is for."`
	When   source.Text `diwan:"when" doc:"Formula: the line is due only when it is true."`
	Amount source.Text `diwan:"amount,required" doc:"Formula of money."`
}
