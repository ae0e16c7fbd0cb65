// Package plain is the driving-licence renewal of samples/palestine as a good Go developer writes it after Temporal's tutorial: a workflow that
// reads from top to bottom, one activity for each thing that happens, and Await with a timeout for each time limit. It is what a compiled
// service saves its authors, measured beside handwritten.
//
// It takes the same Start and Act as the engine and has the same rows written, one effect at a time. It is for measuring only, and never in
// use.
//
//	w.RegisterWorkflowWithOptions(plain.Workflow, workflow.RegisterOptions{Name: plain.Name})
package plain
