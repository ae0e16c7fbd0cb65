// Package handwritten is the driving-licence renewal of samples/palestine as the best Temporal workflow that we can write for it by hand: the
// measure of the compiled service.
//
// It takes the same Start and Act, asks the same Lookup and has the same steps written by the same Apply, so that the application ends with
// the same rows. What a plan says in formulas stands here as Go: fees, guards, time limits. It holds nothing that this one service does not
// need, calls short activities locally, keeps one timer, and closes a step with one Apply. It is for measuring only, and never in use.
//
//	w.RegisterWorkflowWithOptions(handwritten.Workflow, workflow.RegisterOptions{Name: handwritten.Name})
package handwritten
