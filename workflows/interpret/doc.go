// Package interpret runs plans on Temporal: one dynamic workflow whose type is the service's code and whose ID is the application's.
//
// It is a shell without rules. It turns updates, timers and results of activities into events of the machine, one at a time, and the
// machine's effects into one call of the activity Apply. It decides nothing, knows no database and looks at no clock but the workflow's.
// An application ends by its plan alone: a request to cancel the workflow is not heard (withdrawal is an act).
//
//	programs := interpret.NewPrograms()
//	programs.Add(digest, program)
//	interpret.Register(w, programs)
package interpret
