// Package designer owns the pages under /designer on which analysts build services: the catalogue, the changes that they make of it, and the
// workbench, on which one file of a change is seen as a form, as steps, as fees, as texts and as the text that it is.
//
// The text is the only source. Every visual edit is a small splice of it (package edit), so comments, order and blank lines stay, and what
// somebody writes as text is seen on the visual sides at once. What is kept, for whom and who may do what is runtime/change's.
//
// It may not import the portal or the desk, nor know a database or Temporal. Everything works without scripts; drag and drop and the editor are
// extras.
package designer
