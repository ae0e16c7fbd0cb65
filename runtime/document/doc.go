// Package document keeps what applicants upload and issues the papers of the state: numbered, signed, verifiable by anybody.
//
// It owns the tables file, upload, document and register_number, and the encrypted bodies behind Files. It never decides that a paper is due
// (the machine does) nor what it says (the plan does), and never serves a body inline. What it shows to a stranger who verifies a paper
// holds nothing personal. It logs identifiers only.
//
//	archive := document.New(document.Options{Pool: pool, Files: files, Masters: masters, Keys: keys, PublicURL: "https://services.example.gov"})
//	up, err := archive.Upload(ctx, person, header.Filename, part)
//	err = archive.Claim(ctx, tx, person, application, []uuid.UUID{up.ID})
//	id, err := archive.Issue(ctx, tx, document.IssueRequest{Application: application, Node: "card", Visit: 1, …})
//	v, err := archive.Verify(ctx, id)
package document
