// Package review is the pages on which a change of the catalogue is judged: what it changes in words, forms, pictures, fees and text before and after, what is
// remarked on it, and the decision of whoever the route asks; and the history of a service.
//
// It owns its templates, messages and sheet, and no data. Who may decide is the route's to say: a page offers what the caller's own open task offers,
// and what is sent is judged by the application again. A remark is about the change, a file, or a place in it: the kinds and codes that lead to a
// thing in turn, such as step, review, decision, approve, or line and its number. Every page works without JavaScript.
//
//	p, err := review.New(review.Options{Changes: changes, Book: book, Route: route, People: guard, Audit: record})
//	p.Register(mux) // below /designer/changes/{number} and /designer/services/{code}
package review
