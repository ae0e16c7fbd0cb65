// Package designer will own the pages on which analysts build services and reviewers judge changes: the text of a definition and its
// visual sides over one source, previews, comparison and the route of a change.
//
// It may import the catalogue, the compiler and machine, and of the runtime form, ui, release, audit, identity and application; it never
// imports the portal. It waits for its own issue and holds nothing yet.
package designer
