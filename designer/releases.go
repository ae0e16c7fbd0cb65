package designer

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// releasesPage is the body of the template releases.
type releasesPage struct {
	Table ui.Table
	Note  string // why nothing can be taken back now
}

// operates tells whether somebody operates the platform: they may take a release back, and need not know what an analyst does.
func operates(p *identity.Person) bool {
	return slices.Contains(p.Capacities, change.Platform+":operator")
}

// releases lists what is to be live, is and was, and by which change it came.
func (v *visit) releases() error { return v.showReleases(http.StatusOK, nil) }

func (v *visit) showReleases(status int, flash []ui.Banner) error {
	list, err := v.o.Changes.History(v.ctx)
	if err != nil {
		return err
	}
	publications := make([]int64, len(list))
	var people []uuid.UUID
	for i, h := range list {
		publications[i] = h.Publication
		if id, err := uuid.Parse(h.Actor); err == nil {
			people = append(people, id)
		}
	}
	origins, err := v.o.Changes.Origins(v.ctx, publications)
	if err != nil {
		return err
	}
	for _, from := range origins {
		people = append(people, from.Author)
	}
	names, err := v.names(people)
	if err != nil {
		return err
	}
	body := releasesPage{Table: ui.Table{Caption: v.locale.T("designer.release.title"), QuietCaption: true, Empty: &ui.Empty{Title: v.locale.T("designer.release.none")}, Columns: []ui.Column{
		{Text: v.locale.T("designer.release.what")}, {Text: v.locale.T("designer.release.from")}, {Text: v.locale.T("designer.release.by")}, {Text: v.locale.T("designer.release.state")}}}}
	if operates(v.person) {
		body.Table.Columns = append(body.Table.Columns, ui.Column{Text: v.locale.T("designer.release.acts")})
	}
	live, waits := int64(0), false
	for i := range list {
		if !list[i].LiveFrom.After(v.o.Now()) {
			live = list[i].ID
			break
		}
		waits = true
	}
	for i, seen := 0, false; i < len(list); i++ {
		h := &list[i]
		what := ui.Cell{Text: v.locale.T("designer.release.way." + string(h.Way)), Note: h.Reason}
		if from, is := origins[h.Publication]; is {
			what.Text = from.Title
			if what.Note == from.Title {
				what.Note = ""
			}
			if change.IsReader(v.person) {
				what.Href = changePath(from.Number) + "/review"
			}
		}
		by := v.said("designer.release.actor."+h.Actor, h.Actor)
		if id, err := uuid.Parse(h.Actor); err == nil {
			by = names[id]
		}
		if from, is := origins[h.Publication]; is {
			by = names[from.Author]
		}
		state := ui.Tag{State: ui.Received, Text: v.locale.T("designer.release.was")}
		switch coming := h.LiveFrom.After(v.o.Now()); {
		case coming:
			state = ui.Tag{State: ui.Waiting, Text: v.locale.T("designer.release.coming")}
		case !seen:
			seen = true
			state = ui.Tag{State: ui.Done, Text: v.locale.T("designer.release.live")}
		}
		row := ui.Row{Cells: []ui.Cell{what, {Text: v.locale.DateTime(h.LiveFrom), Note: v.locale.T("designer.release.number", "number", strconv.FormatInt(h.ID, 10))}, {Text: by}, {Tag: &state}}}
		if operates(v.person) && !waits && h.ID != live {
			row.Cells = append(row.Cells, ui.Cell{Text: v.locale.T("designer.release.back"), Href: releasesPath + "?" + backName + "=" + strconv.FormatInt(h.ID, 10)})
		} else if operates(v.person) {
			row.Cells = append(row.Cells, ui.Cell{Text: "–"})
		}
		body.Table.Rows = append(body.Table.Rows, row)
	}
	if waits && operates(v.person) {
		body.Note = v.locale.T("designer.release.waits")
	}
	if to, err := strconv.ParseInt(v.r.FormValue(backName), 10, 64); err == nil && operates(v.person) && !waits {
		return v.confirmBack(status, to, flash)
	}
	p := v.page(v.locale.T("designer.release.title"), body)
	p.Flash = flash
	return v.render(status, "releases", p)
}

// confirmBack asks for the reason for which one goes back.
func (v *visit) confirmBack(status int, to int64, flash []ui.Banner) error {
	number := strconv.FormatInt(to, 10)
	reason := ui.Textarea{Field: ui.Field{Name: "reason", Label: v.locale.T("designer.release.reason"), Hint: v.locale.T("designer.release.reasonHint")}, Rows: 3, MaxLength: change.MostReason}
	p := v.page(v.locale.T("designer.release.back"), confirmPage{ui.Confirm{Title: v.locale.T("designer.release.sure", "number", number), Text: v.locale.T("designer.release.effect"), Action: releasesPath,
		Yes: v.locale.T("designer.release.yes"), Warning: true, No: ui.Link{Text: v.locale.T("designer.release.no"), Href: releasesPath}, Fields: []ui.Hidden{{Name: backName, Value: number}}, Body: []ui.Component{reason}}})
	p.Flash = flash
	return v.render(status, "confirm", p)
}

// backName is the control that names the release to which one goes back.
const backName = "back"

// rollback makes an earlier release live again.
func (v *visit) rollback() error {
	if !operates(v.person) {
		return change.ErrForeign
	}
	to, err := strconv.ParseInt(v.r.PostFormValue(backName), 10, 64)
	if err != nil {
		return change.ErrInvalid
	}
	_, err = v.o.Changes.Rollback(v.ctx, v.person.ID, to, strings.TrimSpace(v.r.PostFormValue("reason")))
	problem := ""
	switch {
	case err == nil:
		return v.redirect(releasesPath)
	case errors.Is(err, change.ErrInvalid):
		problem = "designer.release.noReason"
	case errors.Is(err, change.ErrComing):
		problem = "designer.release.waits"
	default:
		return err
	}
	return v.showReleases(http.StatusUnprocessableEntity, []ui.Banner{{Kind: ui.Caution, Title: v.locale.T("designer.problem.title"), Text: v.locale.T(problem)}})
}
