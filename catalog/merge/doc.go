// Package merge joins what two people have made of the same definitions: three ways, by meaning, and not by lines.
//
// A thing of a list is known by what it is called (field: age), so two who add fields beside each other, or of whom one moves what the other has
// renamed inside, are in nobody's way. What both have changed to different ends is a conflict, told with the three values; until somebody chooses, what is ours stays.
// What is taken over is spliced into our text, comments included. It is pure: it reads no files and knows no releases.
//
//	merged, conflicts := merge.Files(base, ours, theirs, nil)
package merge
