package plan

// Edge leads from one node to another when the node's outcome is On and Guard (a formula, "" = always) is true. The edges of a node are
// tried in their order; the compiler proves that one always holds. A gate's edges have On "".
type Edge struct {
	From  int    `json:"from"`
	To    int    `json:"to"`
	On    string `json:"on,omitempty"`
	Guard string `json:"guard,omitempty"`
	// AtMost is how often the edge may be taken, 0 = always; after that the next edge that fits is.
	AtMost int `json:"atMost,omitempty"`
	// Invalidates are steps whose decisions and answers are forgotten when the edge is taken.
	Invalidates []string `json:"invalidates,omitempty"`
	// Back says that the edge returns to an earlier step: where the application comes again to a step that is not in Invalidates, the
	// decision, the answer or the payment that stands there carries it on at once, and nobody is asked again. An edge that is not Back
	// (that of a repetition) lets everything happen anew.
	Back bool `json:"back,omitempty"`
	// Out is how many regions the edge leaves: what else runs in them is called off, and the token that waited at the outermost fork goes
	// on in place of the branch. Every other edge stays in its region.
	Out int `json:"out,omitempty"`
}
