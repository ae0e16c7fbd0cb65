// Package handwritten holds three services as the best Temporal workflows that we can write for them by hand, the measure of the compiled ones:
// the driving-licence renewal of samples/palestine, its enquiry about traffic fines (Short), and a permit after two opinions (Long).
//
// Each takes the same Start and Act, asks the same Lookups and has the same steps written by the same Apply, so that the application ends with
// the same rows. What a plan says in formulas stands here as Go: fees, guards, time limits. It holds nothing that these services do not
// need, calls short activities locally, keeps one timer, and closes a step with one Apply. It is for measuring only, and never in use.
//
//	w.RegisterWorkflowWithOptions(handwritten.Workflow, workflow.RegisterOptions{Name: handwritten.Name})
package handwritten
