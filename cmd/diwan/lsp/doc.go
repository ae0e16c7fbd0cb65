// Package lsp speaks the Language Server Protocol over a pair of streams: findings while somebody types, and the answers of package
// catalog/editor.
//
// It owns the protocol (framing, lifecycle, open documents, positions) and the state of the catalogues in which documents are open. What a
// definition means is decided in catalog; what is wrong with it by the functions that it is given, the same that the check command uses. It
// trusts nobody: a malformed message is answered or passed over, a request is answered once, a panic ends one request and not the server,
// and messages, queues and documents are bounded.
//
//	s := lsp.New(lsp.Options{Findings: all, Service: one})
//	err := s.Serve(ctx, os.Stdin, os.Stdout)
package lsp
