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
	// Invalidates are steps whose decisions and answers are forgotten when the edge is taken; all others survive.
	Invalidates []string `json:"invalidates,omitempty"`
}
