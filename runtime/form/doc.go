// Package form checks and shows the form of a service, in one way for the portal, the API, the designer's preview and the tests.
//
// It owns the order of validation: normalise, decide what is visible, drop what is hidden, then what is required, the JSON Schema, files
// and limits, rules, scripts. It owns the view of a form that pages render, and the sentences of its own problems. It may not do HTTP, read
// a database or run a script itself: uploads and scripts are asked through what the caller gives. It knows no page component.
//
//	f, err := form.Compile(plan, pool)
//	values, problems, err := f.Validate(ctx, f.Parse(r.PostForm), form.Context{Applicant: facts, Submitted: today, Upload: uploads})
//	if len(problems) > 0 {
//		view := f.View(texts, "ar", f.Parse(r.PostForm), problems, with, nil) // what was typed stays as it was typed
//	}
//
// A value is JSON as catalog/schema reads it: a whole or decimal number is a json.Number, a day is "2026-01-31", an amount of money is
// "250.00" in the plan's currency, a file is the ID of its upload, and all else is text or a truth value. A field without an answer has no
// key.
package form
