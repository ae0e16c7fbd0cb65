// Package script runs the small JavaScript files that hold the odd validation of a service. It owns
// reading them when a definition is checked (Parse), and running them within limits of time and memory
// (Pool, in the parent, and Worker, in the child). A script sees the value and the form and nothing
// else: no clock, no chance, no network, no other call. The package does no I/O beyond its workers' pipes.
//
// A script is hostile until shown otherwise, and no JavaScript engine in Go can be stopped from the
// inside in every state, so scripts run in child processes that the kernel limits and the parent kills.
// A script that was stopped is an error and never "valid".
//
// A file defines validate at its top; true is valid, false is the message of the definition, a text
// is the code of another message:
//
//	function validate(value, form) {
//	  return value.length === 7 && form.region !== "none";
//	}
//
//	s, problems := script.Parse("licence-number.js", source)
//	pool, err := script.NewPool(script.Options{Size: 2})
//	result, err := pool.Call(ctx, s, "1234567", form)
package script
