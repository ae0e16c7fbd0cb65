// Package explain has a page for every finding that Diwan can show, and every sentence of a finding in Arabic.
//
// It owns the files under pages: one for each code, with what the finding means, a wrong and a right example, and the Arabic of the
// sentences in which it is told. It knows nothing of the rules themselves; tests hold the two together: a phrase of the sources without
// Arabic fails, and so does a code without a page and a page whose examples do not show what it says.
//
//	diag.WriteTextIn(os.Stdout, explain.Arabic(), findings, sourceOf)
//
// A page is a txtar archive named for its code:
//
//	-- en --
//	Two or three plain sentences: what it means and why it matters.
//	-- ar --
//	The same in Arabic.
//	-- wrong services/shop.yaml --
//	authority: twon
//	-- right services/shop.yaml --
//	authority: town
//	-- found en --
//	(written by go test ./cmd/diwan -run Page -update, as is found ar)
//	-- sentences --
//	there is no {what} {name:q}
//	لا يوجد {what} بالرمز {name:q}
//
// An example replaces lines of base.txtar: the right one, where it stands there, or else those of a section "in"; a file that is not
// there is new. A section "also FILE" changes what else the examples need ("old lines", a line "==>", "new lines"). "wrong FILE escaped"
// writes what nobody could see as \uXXXX. Where there can be no example, "none en" and "none ar" say why.
//
// Under sentences stand pairs of lines, English and Arabic. Between ` and ` stands what is written as it is in a definition; outside of them
// and of {places} an Arabic sentence holds no Latin letter, so that nothing in it runs the wrong way. What several pages need
// stands in the page that is first in the alphabet, or in words.txt.
package explain
