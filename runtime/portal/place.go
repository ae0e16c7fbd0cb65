package portal

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"time"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// placeTask is a place in a round that is the applicant's until they accept it, and what they may say.
const (
	placeTask    = "place"
	acceptPlace  = "accept"
	declinePlace = "decline"
)

// place is the open task that offers the applicant a place.
func (o *opened) place() *application.Task { return o.waiting(placeTask) }

// inRound says how things stand in the round, "" where that is not what is waited for.
func (o *opened) inRound() string {
	s := o.Round
	n := o.node()
	switch {
	case s == nil || n == nil || n.Kind != plan.Place:
		return ""
	case o.place() != nil:
		return o.l.T("round.offered")
	case s.Reserve > 0:
		return o.l.T("round.reserve", "number", strconv.Itoa(s.Reserve))
	case s.Ranked:
		return o.l.T("round.ranked")
	}
	return o.l.T("round.waits", "date", o.l.Day(s.Closes))
}

func (o *opened) placeHref(t *application.Task, what string) string {
	return "/applications/" + o.ID.String() + "/place/" + t.ID.String() + "/" + what
}

// placeBox asks for the applicant's word on the place that is theirs.
func (o *opened) placeBox() *actionBox {
	t := o.place()
	if t == nil {
		return nil
	}
	box := &actionBox{Title: o.l.T("round.offeredTitle"), Icon: "check", Button: &ui.Button{Text: o.l.T("round.accept"), Href: o.placeHref(t, acceptPlace), Icon: "check", Large: true}}
	if t.DueAt != nil {
		box.Text = o.l.T("round.before", "date", o.l.Deadline(*t.DueAt))
	}
	return box
}

// saidOfPlace asks before a place is accepted or handed back.
func (p *Portal) saidOfPlace(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	o, err := p.open(r, me)
	if err != nil {
		return err
	}
	here, what := "/applications/"+o.ID.String(), r.PathValue("what")
	if what != acceptPlace && what != declinePlace {
		return errNotFound
	}
	t := o.place()
	if t == nil || t.ID.String() != r.PathValue("task") {
		return see(w, r, here+"?notice=changed")
	}
	title := o.l.T("round." + what)
	page := p.page(r, title)
	page.Back = &ui.BackLink{Href: here}
	page.Body = withdrawPage{ui.Confirm{
		Title: title, Text: o.l.T("round."+what+"Text", "service", o.l.Pick(o.texts.Title), "reference", o.Reference),
		Action: o.placeHref(t, what), Yes: title, Warning: what == declinePlace, No: ui.Link{Text: o.l.T("say.no"), Href: here},
		Fields: []ui.Hidden{{Name: "key", Value: rand.Text()}, {Name: "revision", Value: strconv.Itoa(t.Revision)}},
	}}
	return p.ui.Render(w, r, http.StatusOK, "withdraw", page)
}

// answerPlace accepts a place, or hands it back.
func (p *Portal) answerPlace(w http.ResponseWriter, r *http.Request) error {
	task, err := pathID(r, "task")
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostPosted)
	revision, _ := strconv.Atoi(r.PostFormValue("revision"))
	return p.confirmed(w, r, application.ActRequest{Task: task, Action: r.PathValue("what"), Revision: revision}, "said")
}

// roundText says when one may apply and for how many places; closed that today one cannot.
func roundText(l *ui.Locale, pl *plan.Plan, now time.Time) (text string, closed bool) {
	if pl.Round == nil {
		return "", false
	}
	text = l.T("round.about", "from", l.Day(pl.Round.Opens), "until", l.Day(pl.Round.Closes), "places", l.Number(int64(pl.Round.Places)))
	zone, err := time.LoadLocation(pl.Zone)
	if err != nil {
		return text, false
	}
	day := now.In(zone).Format(time.DateOnly)
	return text, day < pl.Round.Opens || pl.Round.Closes < day
}
