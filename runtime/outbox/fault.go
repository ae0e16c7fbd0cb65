package outbox

// Fault is called at the named points of the road from a promise to its delivery; a test's Fault kills the process there. In production
// it is nil.
type Fault func(point string)

// At calls the hook, if there is one.
func (f Fault) At(point string) {
	if f != nil {
		f(point)
	}
}

// Points lists every name with which a Fault is called, in the order of an application's road. The ones of callback are the payment
// capability's.
var Points = []string{
	"submit:before-commit",
	"submit:after-commit",
	"start:before-call",
	"start:after-call",
	"act:before-commit",
	"act:after-commit",
	"act:before-call",
	"act:after-call",
	"apply:before-commit",
	"apply:after-commit",
	"document:before-commit", // an Apply that issues a paper
	"document:after-commit",
	"callback:before-commit",
	"callback:after-commit",
	"outbox:claimed",
	"outbox:handled",
	"outbox:done",
}
