package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Tariff is a table of amounts and counts that formulas read as tariff.name. It is dated reference data: a change of it never makes a
// new plan.
type Tariff struct {
	source.Ranged
	Code      source.Text             `diwan:"tariff,required" doc:"Code of the tariff."`
	Title     Text                    `diwan:"title,required" doc:"Its name, in each language."`
	Authority source.Text             `diwan:"authority,required" doc:"Authority that sets it."`
	Sample    bool                    `diwan:"sample" doc:"true where the amounts are sample data and come from no published source."`
	Source    source.Text             `diwan:"source" doc:"Where the amounts were published."`
	Since     source.Text             `diwan:"since,required" doc:"First day on which it applies (YYYY-MM-DD)."`
	Amounts   source.Map[TariffEntry] `diwan:"amounts,required" doc:"Named amounts (250.00 ILS) or numbers."`
}

// TariffEntry is one value of a tariff: money such as "250.00 ILS", or a number.
type TariffEntry struct{ source.Text }
