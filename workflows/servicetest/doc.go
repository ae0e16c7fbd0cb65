// Package servicetest runs the scenarios that stand inside definitions, on the pure machine and in virtual time, and says where something
// else comes out than they expect, with what happened step by step. It knows no Temporal and no database; a scenario takes far less than a
// millisecond, a year of working days included.
//
// In a scenario the applicant is Layla Khalil Al-Najjar unless it says otherwise. The form is judged exactly as the portal judges it.
// Registries answer what is written under answers; decisions stand under decide; whoever must pay pays, and an application that is sent back
// comes back unchanged, unless the scenario says otherwise. Every reply comes at once or after what takes says; where there is silence, time
// passes to the next clock. Nothing is taken from what a scenario expects.
//
//	suite := servicetest.New(c, pool)
//	report := suite.Service(c.Service("transport.driving-licence.renew"))
//	for _, r := range report.Results { fmt.Println(r.Scenario.Title, r.Passed()) }
package servicetest
