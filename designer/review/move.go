package review

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/migration"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// Moves is what the pages need of *migration.Migrations.
type Moves interface {
	Propose(ctx context.Context, by uuid.UUID, service string) (uuid.UUID, error)
	Approve(ctx context.Context, by, id uuid.UUID) error
	CallOff(ctx context.Context, by, id uuid.UUID) error
	Of(ctx context.Context, service string) ([]*migration.Report, error)
	Cases(ctx context.Context, id uuid.UUID, status string, after uuid.UUID, most int) ([]migration.Case, error)
	Waiting(ctx context.Context, service string) (int, error)
}

// operator is the capacity of those who run the platform.
const operator = change.Platform + ":operator"

// Who may begin and approve a migration: the authority's own people, and operators. Who has proposed it does not approve it.
func mayPropose(p *identity.Person, authority string) bool {
	return change.IsAnalyst(p, authority) || mayApprove(p, authority)
}

func mayApprove(p *identity.Person, authority string) bool {
	return slices.Contains(p.Capacities, authority+":"+change.Reviewer) || slices.Contains(p.Capacities, operator)
}

// movePage is the body of the template move: the open applications of a service that go by an older plan, and how they are moved.
type movePage struct {
	Service, Code, Path string
	Waiting             int  // 0 where all go by what is live
	AtLeast             bool // there may be more
	Propose             bool
	Now                 *movement // the last migration
	Past                *ui.Table
}

// movement is one migration.
type movement struct {
	Title, ID string
	Progress  progress
	Facts     ui.SummaryList
	Obstacles *ui.Table
	Notes     *ui.Table
	Lists     []ui.NavItem // of applications, by how they are
	Cases     *ui.Table
	More      string // where the next ones are
	Approve   bool
	Notice    string // why it cannot be approved here and now
	CallOff   bool
}

// progress is how far a migration has come; it looks again by itself.
type progress struct {
	Stats     ui.Stats
	Done, All int
	Text      string
	Poll      string // "" where nothing goes on
}

// How many applications are listed at once, and how many that wait are counted.
const (
	mostCases   = 50
	mostWaiting = 1000
)

func movePath(code string) string { return "/designer/services/" + code + "/move" }

// moved is the service of the address, for who may see how its applications are moved.
func (v *visit) moved() (*catalog.Catalogue, *catalog.Service, error) {
	if !change.IsReader(v.person) && !slices.Contains(v.person.Capacities, operator) {
		return nil, nil, change.ErrForeign
	}
	live, err := v.o.Changes.Live(v.ctx)
	if err != nil {
		return nil, nil, err
	}
	s := live.Service(v.r.PathValue("code"))
	if s == nil {
		return nil, nil, change.ErrNotFound
	}
	return live, s, nil
}

// move shows how the open applications of a service stand.
func (v *visit) move() error { return v.showMove(http.StatusOK, nil) }

func (v *visit) showMove(status int, flash *ui.Banner) error {
	live, s, err := v.moved()
	if err != nil {
		return err
	}
	code, l := s.Code.Value, v.locale
	list, err := v.o.Moves.Of(v.ctx, code)
	if err != nil {
		return err
	}
	if v.r.URL.Query().Get("part") == "progress" {
		return v.moving(code, list)
	}
	body := movePage{Service: v.pick(s.Title), Code: code, Path: movePath(code)}
	if len(list) == 0 || list[0].EndedAt != nil {
		if body.Waiting, err = v.o.Moves.Waiting(v.ctx, code); err != nil {
			return err
		}
		body.AtLeast = body.Waiting >= mostWaiting
		body.Propose = body.Waiting > 0 && mayPropose(v.person, s.Authority.Value)
	}
	var people []uuid.UUID
	for _, r := range list {
		people = append(people, r.ProposedBy)
		if r.ApprovedBy != nil {
			people = append(people, *r.ApprovedBy)
		}
	}
	names, err := v.names(people)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		if body.Now, err = v.movement(live, s, list[0], names); err != nil {
			return err
		}
		body.Past = v.movements(list[1:], names)
	}
	page := v.page(l.T("review.move.title", "service", body.Service), body)
	page.Nav[0].Current, page.Nav[1].Current = true, false
	page.Crumbs = []ui.Link{{Text: l.T("review.nav.catalogue"), Href: "/designer"}, {Text: body.Service, Href: "/designer/services/" + code + "/history"}, {Text: l.T("review.move.crumb")}}
	page.Path = body.Path
	if flash != nil {
		page.Flash = []ui.Banner{*flash}
	}
	return v.render(status, "move", page)
}

// moving answers a page that looks again: it reloads when what goes on is over.
func (v *visit) moving(code string, list []*migration.Report) error {
	if len(list) == 0 || !going(list[0]) {
		v.w.Header().Set("HX-Refresh", "true")
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return v.ui.Fragment(v.w, v.r, http.StatusOK, "move-progress", v.page("", v.progress(code, list[0])))
}

// going tells whether applications are looked at or moved now.
func going(r *migration.Report) bool {
	return r.EndedAt == nil && (r.Items[migration.Unchecked] > 0 || r.ApprovedAt != nil)
}

func (v *visit) progress(code string, r *migration.Report) progress {
	l, out := v.locale, progress{}
	for _, n := range r.Items {
		out.All += n
	}
	left := migration.Unchecked // what is still to be done
	if r.ApprovedAt != nil {
		left = migration.Movable
	}
	out.Done = out.All - r.Items[left]
	out.Text = l.T("review.move.done", "done", out.Done, "all", out.All)
	tones := map[string]string{migration.Movable: "good", migration.Moved: "good", migration.Hindered: "bad", migration.Unreachable: "bad", migration.Unchecked: "wait"}
	for _, status := range statuses {
		if n := r.Items[status]; n > 0 {
			out.Stats.Items = append(out.Stats.Items, ui.Stat{Label: l.T("review.move.status." + status), Value: l.Number(int64(n)), Tone: tones[status]})
		}
	}
	if going(r) {
		out.Poll = movePath(code) + "?part=progress"
	}
	return out
}

// statuses of applications in a migration, in the order in which a page tells them.
var statuses = []string{migration.Unchecked, migration.Movable, migration.Moved, migration.Hindered, migration.Unreachable, migration.Ended}

// movement shows a migration, with what the caller may do about it.
func (v *visit) movement(live *catalog.Catalogue, s *catalog.Service, r *migration.Report, names map[uuid.UUID]string) (*movement, error) {
	l, code := v.locale, s.Code.Value
	out := &movement{ID: r.ID.String(), Progress: v.progress(code, r)}
	stage := "looked"
	switch {
	case r.CalledOff():
		stage = "calledOff"
	case r.EndedAt != nil:
		stage = "over"
	case r.ApprovedAt != nil:
		stage = "moving"
	case r.Items[migration.Unchecked] > 0:
		stage = "looking"
	}
	out.Title = l.T("review.move.stage." + stage)
	said := func(who uuid.UUID, at string) string { return l.T("review.move.who", "name", names[who], "at", at) }
	out.Facts.Rows = []ui.SummaryRow{{Key: l.T("review.move.proposed"), Value: said(r.ProposedBy, l.DateTime(r.ProposedAt))}}
	if r.ApprovedBy != nil {
		out.Facts.Rows = append(out.Facts.Rows, ui.SummaryRow{Key: l.T("review.move.approved"), Value: said(*r.ApprovedBy, l.DateTime(*r.ApprovedAt))})
	}
	if r.EndedAt != nil {
		out.Facts.Rows = append(out.Facts.Rows, ui.SummaryRow{Key: l.T("review.move.ended"), Value: l.DateTime(*r.EndedAt)})
	}
	out.Obstacles, out.Notes = v.reasons(s, "obstacles", r.Obstacles), v.reasons(s, "notes", r.Notes)
	if err := v.cases(out, s, r); err != nil {
		return nil, err
	}
	authority := s.Authority.Value
	out.CallOff = r.EndedAt == nil && mayPropose(v.person, authority)
	switch {
	case r.EndedAt != nil || r.ApprovedAt != nil || r.Items[migration.Unchecked] > 0:
	case r.Items[migration.Movable] == 0:
		out.Notice = l.T("review.move.notice.nothing")
	case r.ProposedBy == v.person.ID:
		out.Notice = l.T("review.move.notice.own")
	case !mayApprove(v.person, authority):
		out.Notice = l.T("review.move.notice.foreign", "authority", v.authority(live, authority))
	default:
		out.Approve = true
	}
	return out, nil
}

// reasons are why applications stay where they are, or what those that move will miss; nil where there are none.
func (v *visit) reasons(s *catalog.Service, kind string, list []migration.Reason) *ui.Table {
	if len(list) == 0 {
		return nil
	}
	l := v.locale
	t := &ui.Table{Caption: l.T("review.move." + kind), Columns: []ui.Column{{Text: l.T("review.move.reason.title")}, {Text: l.T("review.move.count"), Number: true}}}
	for _, r := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: v.reason(s, r.Obstacle)}, {Text: l.Number(int64(r.Count))}}})
	}
	return t
}

// reason says an obstacle or a note in words.
func (v *visit) reason(s *catalog.Service, o activity.Obstacle) string {
	text := v.said("review.move.reason."+o.Code, o.Code)
	if at := v.titleIn(s, o.At); at != "" {
		text = v.locale.T("review.move.at", "reason", text, "at", at)
	}
	return text
}

// titleIn is what a step, a question or a fee of a service is called; its code where the service as it is live has no such thing.
func (v *visit) titleIn(s *catalog.Service, at string) string {
	code, _, _ := strings.Cut(at, "/")
	for st := range s.AllSteps() {
		if st.Code.Value == code {
			return v.pick(st.Title)
		}
	}
	for _, f := range s.Fields() {
		if f.Code.Value == code {
			return v.pick(f.Label)
		}
	}
	for i := range s.Fees {
		if s.Fees[i].Code.Value == code {
			return v.pick(s.Fees[i].Title)
		}
	}
	return at
}

// cases lists the applications of one status, by nothing but their numbers.
func (v *visit) cases(out *movement, s *catalog.Service, r *migration.Report) error {
	l, code := v.locale, s.Code.Value
	shown := v.r.URL.Query().Get("of")
	if !slices.Contains(statuses, shown) || r.Items[shown] == 0 {
		shown = ""
	}
	for _, first := range []string{migration.Hindered, migration.Unreachable, migration.Movable, migration.Moved, migration.Ended} {
		if shown == "" && r.Items[first] > 0 {
			shown = first
		}
	}
	if shown == "" || shown == migration.Unchecked {
		return nil
	}
	at := func(status, after string) string {
		q := url.Values{"of": {status}}
		if after != "" {
			q.Set("after", after)
		}
		return movePath(code) + "?" + q.Encode() + "#applications"
	}
	for _, status := range statuses {
		if n := r.Items[status]; n > 0 && status != migration.Unchecked {
			out.Lists = append(out.Lists, ui.NavItem{Text: l.T("review.move.status."+status) + " (" + l.Number(int64(n)) + ")", Href: at(status, ""), Current: status == shown})
		}
	}
	after, _ := uuid.Parse(v.r.URL.Query().Get("after")) // else from the first
	list, err := v.o.Moves.Cases(v.ctx, r.ID, shown, after, mostCases+1)
	if err != nil {
		return err
	}
	if len(list) > mostCases {
		list = list[:mostCases]
		out.More = at(shown, list[mostCases-1].Application.String())
	}
	if len(list) == 0 {
		return nil
	}
	if err := v.record(s.Authority.Value, "read", code, map[string]string{"page": "migration", "migration": r.ID.String(), "applications": strconv.Itoa(len(list))}); err != nil {
		return err
	}
	out.Cases = &ui.Table{Caption: l.T("review.move.status." + shown), QuietCaption: true, Columns: []ui.Column{{Text: l.T("review.move.reference")}, {Text: l.T("review.move.reason.title")}}}
	for _, c := range list {
		var why []string
		for _, o := range append(slices.Clone(c.Obstacles), c.Notes...) {
			why = append(why, v.reason(s, o))
		}
		out.Cases.Rows = append(out.Cases.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Reference}, {Text: strings.Join(why, "\n")}}})
	}
	return nil
}

// movements are earlier migrations; nil where there are none.
func (v *visit) movements(list []*migration.Report, names map[uuid.UUID]string) *ui.Table {
	if len(list) == 0 {
		return nil
	}
	l := v.locale
	t := &ui.Table{Caption: l.T("review.move.past"), Columns: []ui.Column{{Text: l.T("review.move.proposed")}, {Text: l.T("review.move.approved")},
		{Text: l.T("review.move.status.moved"), Number: true}, {Text: l.T("review.move.status.hindered"), Number: true}, {Text: l.T("review.move.ended")}}}
	for _, r := range list {
		approved, ended := ui.Cell{}, ui.Cell{}
		if r.ApprovedBy != nil {
			approved = ui.Cell{Text: names[*r.ApprovedBy], Note: l.DateTime(*r.ApprovedAt)}
		}
		if r.EndedAt != nil {
			ended.Text = l.DateTime(*r.EndedAt)
		}
		if r.CalledOff() {
			ended.Tag = &ui.Tag{State: ui.Ended, Text: l.T("review.move.stage.calledOff")}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: names[r.ProposedBy], Note: l.DateTime(r.ProposedAt)}, approved,
			{Text: l.Number(int64(r.Items[migration.Moved]))}, {Text: l.Number(int64(r.Items[migration.Hindered] + r.Items[migration.Unreachable]))}, ended}})
	}
	return t
}

// actMove begins, approves or calls off a migration.
func (v *visit) actMove() error {
	_, s, err := v.moved()
	if err != nil {
		return err
	}
	code, authority := s.Code.Value, s.Authority.Value
	act := v.r.PostForm.Get("act")
	if may := map[string]func(*identity.Person, string) bool{"propose": mayPropose, "approve": mayApprove, "callOff": mayPropose}[act]; may == nil || !may(v.person, authority) {
		return change.ErrForeign
	}
	if act == "propose" {
		_, err = v.o.Moves.Propose(v.ctx, v.person.ID, code)
	} else {
		err = v.ofThis(code, act)
	}
	var key string
	status := http.StatusConflict
	switch {
	case err == nil:
		return v.redirect(movePath(code))
	case errors.Is(err, migration.ErrFourEyes):
		key, status = "own", http.StatusForbidden
	case errors.Is(err, migration.ErrUnderway):
		key = "underway"
	case errors.Is(err, migration.ErrTooEarly):
		key = "early"
	case errors.Is(err, migration.ErrOver):
		key = "over"
	case errors.Is(err, migration.ErrOutdated):
		key = "outdated"
	case errors.Is(err, migration.ErrNotFound):
		return change.ErrNotFound
	default:
		return err
	}
	return v.showMove(status, &ui.Banner{Kind: ui.Caution, Text: v.locale.T("review.move.notice." + key)})
}

// ofThis approves or calls off the migration that the form names, where it is one of this service.
func (v *visit) ofThis(code, act string) error {
	id, err := uuid.Parse(v.r.PostForm.Get("migration"))
	if err != nil {
		return change.ErrInvalid
	}
	list, err := v.o.Moves.Of(v.ctx, code)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(r *migration.Report) bool { return r.ID == id }) {
		return migration.ErrNotFound
	}
	if act == "approve" {
		return v.o.Moves.Approve(v.ctx, v.person.ID, id)
	}
	return v.o.Moves.CallOff(v.ctx, v.person.ID, id)
}
