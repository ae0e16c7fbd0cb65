// Package diag describes problems in definitions: where they are, what they are, and what to do.
//
// It owns the values (Position, Range, Diagnostic, List), their order, and the three ways to show them: text
// for a terminal, JSON, and SARIF 2.1.0 for code review tools. The checker, the command, the designer and the
// language server all show the same values. It imports nothing of Diwan and reads no files.
//
// A Diagnostic keeps the phrases that it was made of, so that it can be told in another language; catalog/explain
// has them in Arabic.
//
// A problem in a definition is a value, never an error:
//
//	var problems diag.List
//	problems.Add(diag.New(diag.Error, "unknown-key", keyRange, `unknown key {key:q}`, "key", "tpye"))
//	problems.Sort()
//	diag.WriteText(os.Stdout, problems, sourceOf)
package diag
