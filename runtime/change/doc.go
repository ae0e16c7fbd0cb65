// Package change keeps changes of the catalogue: what analysts draft together, what they propose, what reviewers remark, and what is released of it.
//
// It owns the tables change, change_file, change_edit, change_proposal, change_remark, change_taking and change_presence. A change rests on a release and holds the
// files that differ from it, each as a text with the edits that made it, so that any of them can be undone; the visual sides of the designer edit
// the same text. What is proposed is kept by content, and what is approved is released byte for byte, or not at all: joined with what others have
// released meanwhile only where they touched other files. By which route a proposal goes is a service of the catalogue's; this package answers what
// that service asks (Answer, Write) and does not know its steps.
//
// An analyst of an authority changes what belongs to it and nothing else. Nobody here decides about a change: that is the route's to ask.
//
//	c, err := changes.Start(ctx, me, change.Words{Title: "A lower fee for students", Reason: "…"}, "transport")
//	made, err := changes.Edit(ctx, me, c.Number, path, func(now []byte) ([]byte, error) { … })
//	proposal, err := changes.Propose(ctx, me, c.Number)
package change
