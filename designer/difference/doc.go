// Package difference shows what differs between two texts: line by line, word by word, and in the sentences of catalog/compare. It is pure, and the
// analysts' pages and the reviewers' show the same.
//
//	for _, l := range difference.Lines(was, is) { … l.Sign … }
package difference
