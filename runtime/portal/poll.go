package portal

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// mostPolls bounds how often a page asks whether the application has moved: about four minutes in all.
const mostPolls = 8

// poll makes a page look again by itself: with scripts by asking, ever more slowly; without, by loading itself while the application is
// received only.
type poll struct {
	Href    string
	Seconds int
	Reload  bool
}

// poll is nil where nothing can change without a person.
func (o *opened) poll(tries int) *poll {
	if tries < 0 || tries >= mostPolls || !o.moving() {
		return nil
	}
	return &poll{
		Href:    fmt.Sprintf("/applications/%s?poll=%d&since=%d", o.ID, tries+1, o.Sequence),
		Seconds: min(60, 1<<(tries+1)),
		Reload:  o.Status == application.Received,
	}
}

// moving tells whether the engine is about to do something.
func (o *opened) moving() bool {
	if o.Status == application.Received {
		return true
	}
	n := o.node()
	return o.Status == application.Open && (n == nil || n.Kind != plan.Review && n.Kind != plan.Fork && n.Kind != plan.Wait && n.Kind != plan.Place && n.Kind != plan.Invite)
}

type pollPage struct{ Poll *poll }

// polled answers a page that looks again: it reloads when the application has moved.
func (p *Portal) polled(w http.ResponseWriter, r *http.Request, o *opened, since string, tries int) error {
	if since != strconv.Itoa(o.Sequence) {
		w.Header().Set("HX-Refresh", "true")
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	page := p.page(r, "")
	page.Body = pollPage{Poll: o.poll(tries)}
	return p.ui.Fragment(w, r, http.StatusOK, "polled", page)
}
