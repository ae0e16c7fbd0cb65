package desk

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const postPath = "/desk/post"

// Controls of papers that go by post.
const (
	labelControl    = "_label"
	trackingControl = "_tracking"
)

// againWord offers a paper once more that the carrier has lost.
const againWord = "again"

// mostWrong bounds how many rows of a carrier's file are told to be wrong.
const mostWrong = 20

// postPage is the body of the template post: what is to be posted, one paper of it, or a manifest.
type postPage struct {
	Flash *ui.Banner
	Facts *ui.SummaryList
	Forms []ui.Component
	Table *ui.Table
	More  []ui.Component // behind the table
	Sends []handle       // bring a file
}

// hasPost tells whether authorities of the officer have papers that go by post. A page is worth showing without it.
func (v *visit) hasPost() bool {
	if v.o.Delivery == nil || len(v.holders()) == 0 {
		return false
	}
	any, err := v.o.Delivery.Posts(v.ctx, v.holders())
	if err != nil && v.ctx.Err() == nil {
		v.o.Log.WarnContext(v.ctx, "desk: post", "error", err)
	}
	return any
}

// posting lists what is to be packed and posted, and the last manifests.
func (v *visit) posting() error { return v.postList(http.StatusOK, nil) }

func (v *visit) postList(status int, flash *ui.Banner) error {
	if !v.hasPost() {
		return application.ErrNotFound
	}
	list, err := v.o.Delivery.ToPost(v.ctx, v.holders())
	if err != nil {
		return err
	}
	manifests, err := v.o.Delivery.Manifests(v.ctx, v.holders())
	if err != nil {
		return err
	}
	t := v.locale.T
	body := postPage{Flash: flash}
	body.Table = &ui.Table{Caption: t("desk.post.toPack"), Columns: []ui.Column{
		{Text: t("desk.hold.paper")}, {Text: t("desk.collect.document")}, {Text: t("desk.post.label")}, {Text: t("desk.collect.state")}, {Text: t("desk.collect.since")}},
		Empty: &ui.Empty{Title: t("desk.post.none"), Text: t("desk.post.noneText"), Drawing: "inbox"}}
	packed := map[string]int{}
	for _, p := range list {
		tag := ui.Tag{State: ui.Open, Text: t("desk.post.is.asked")}
		switch {
		case p.State == delivery.PostLost:
			tag = ui.Tag{State: ui.Overdue, Text: t("desk.post.is.lost")}
		case p.Item != "":
			tag = ui.Tag{State: ui.Issued, Text: t("desk.post.packed")}
			packed[p.Authority]++
		}
		body.Table.Rows = append(body.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: p.Number, Href: postPath + "/items/" + p.Paper}, {Text: v.locale.Pick(p.Title)}, {Text: p.Item}, {Tag: &tag}, {Text: v.locale.DateTime(p.Since)}}})
	}
	for _, authority := range v.holders() {
		if n := packed[authority]; n > 0 {
			body.Forms = append(body.Forms, handle{Action: postPath + "/close", Fields: []ui.Component{ui.Hidden{Name: authorityControl, Value: authority}},
				Button: ui.Button{Text: t("desk.post.close", "items", v.locale.Number(int64(n)))}})
		}
	}
	closed := ui.Table{Caption: t("desk.post.manifests"), Columns: []ui.Column{
		{Text: t("desk.post.manifest")}, {Text: t("desk.post.closed")}, {Text: t("desk.post.items"), Number: true}, {Text: t("desk.collect.state")}}}
	for _, m := range manifests {
		tag := ui.Tag{State: ui.Open, Text: t("desk.post.waits")}
		if m.HandedAt != nil {
			tag = ui.Tag{State: ui.Done, Text: t("desk.post.is.handed")}
		}
		closed.Rows = append(closed.Rows, ui.Row{Cells: []ui.Cell{{Text: m.ID, Href: manifestHref(m.ID)}, {Text: v.locale.DateTime(m.ClosedAt)}, {Text: v.locale.Number(int64(m.Items))}, {Tag: &tag}}})
	}
	if len(manifests) > 0 {
		body.More = []ui.Component{closed}
		body.Sends = []handle{{Action: postPath + "/tracking", Fields: []ui.Component{ui.Upload{Field: ui.Field{Name: trackingControl, Label: t("desk.post.tracking"), Hint: t("desk.post.trackingHint")}, Accept: ".csv"}},
			Button: ui.Button{Text: t("desk.post.take"), Kind: ui.Secondary}}}
	}
	return v.render(status, "post", v.page(t("desk.post.title"), body))
}

func manifestHref(id string) string { return postPath + "/manifests/" + id }

// packing shows one paper that is to be posted, with its address.
func (v *visit) packing() error {
	p, a, err := v.onePosting()
	if err != nil {
		return err
	}
	if err := v.booked("post-read", p.Authority, p.Application.String(), map[string]string{"document": p.Paper}); err != nil {
		return err
	}
	return v.showPosting(http.StatusOK, p, a, "", "", "")
}

func (v *visit) onePosting() (*delivery.Posting, *application.View, error) {
	if v.o.Delivery == nil {
		return nil, nil, application.ErrNotFound
	}
	p, err := v.o.Delivery.OnePosting(v.ctx, v.holders(), v.r.PathValue("paper"))
	if errors.Is(err, delivery.ErrNotFound) {
		err = application.ErrNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	a, err := v.o.Book.ForOfficer(v.ctx, v.officer.Capacities, p.Application)
	return p, a, err
}

// showPosting shows a paper with what a clerk may do about it. wrong stands beside the label, refused above.
func (v *visit) showPosting(status int, p *delivery.Posting, a *application.View, typed, wrong, refused string) error {
	t := v.locale.T
	facts := ui.SummaryList{Rows: []ui.SummaryRow{{Key: t("desk.collect.document"), Value: v.locale.Pick(p.Title) + "\n" + p.Number}, {Key: t("desk.collect.state"), Value: t("desk.post.is."+string(p.State)) + "\n" + v.locale.DateTime(p.Since)}}}
	to, err := v.o.Delivery.Address(v.ctx, p.Application, p.Paper)
	switch {
	case errors.Is(err, delivery.ErrNotFound):
	case err != nil:
		return err
	default:
		lines := slices.DeleteFunc([]string{to.Name, to.Street, strings.TrimSpace(to.Town + " " + to.Postcode), to.Phone}, func(s string) bool { return s == "" })
		facts.Rows = append(facts.Rows, ui.SummaryRow{Key: t("desk.post.address"), Value: strings.Join(lines, "\n")})
	}
	if p.Item != "" {
		facts.Rows = append(facts.Rows, ui.SummaryRow{Key: t("desk.post.label"), Value: p.Item})
	}
	if p.Returns > 0 {
		facts.Rows = append(facts.Rows, ui.SummaryRow{Key: t("desk.post.returns"), Value: v.locale.Number(int64(p.Returns))})
	}
	body := postPage{Facts: &facts}
	page := v.page(t("desk.collect.one", "number", p.Number), nil)
	page.Crumbs = []ui.Link{{Text: t("desk.post.title"), Href: postPath}, {Text: p.Number}}
	at := postPath + "/items/" + p.Paper
	switch {
	case a.Applicant == v.officer.ID:
		body.Flash = &ui.Banner{Kind: ui.Caution, Title: t("desk.collect.own")}
	case p.State == delivery.PostAsked:
		label := ui.Input{Field: ui.Field{Name: labelControl, Label: t("desk.post.scan"), Hint: t("desk.post.scanHint")}, Value: typed, Dir: "ltr", Width: 20, MaxLength: 20}
		if wrong != "" {
			label.Error = t(wrong)
			page.Errors = []ui.FieldError{{Name: labelControl, Text: label.Error}}
		}
		body.Forms = []ui.Component{ui.Button{Text: t("desk.collect.print"), Kind: ui.Secondary, Icon: "printer", Href: casePath(a) + "/documents/" + p.Paper},
			handle{Action: at, Fields: []ui.Component{label}, Button: ui.Button{Text: t("desk.post.pack")}}}
	case p.State == delivery.PostLost:
		body.Forms = []ui.Component{ui.Text{Text: t("desk.post.lostText")}, handle{Action: at, Fields: []ui.Component{ui.Hidden{Name: actionControl, Value: againWord}}, Button: ui.Button{Text: t("desk.post.again")}}}
	}
	if p.Manifest != "" {
		body.More = []ui.Component{ui.Button{Text: t("desk.post.manifest") + " " + p.Manifest, Kind: ui.Secondary, Href: manifestHref(p.Manifest)}}
	}
	if refused != "" {
		page.Flash = []ui.Banner{{Kind: ui.Caution, Title: t(refused)}}
	}
	page.Body = body
	v.w.Header().Set("Cache-Control", "private, no-store")
	return v.render(status, "post", page)
}

// packs takes the number of the label of a paper, or offers one again that was lost. Nobody does either with a paper of their own.
func (v *visit) packs() error {
	p, a, err := v.onePosting()
	if err != nil {
		return err
	}
	was, err := v.posted()
	if err != nil {
		return err
	}
	if a.Applicant == v.officer.ID {
		return v.showPosting(http.StatusForbidden, p, a, "", "", "")
	}
	typed, word := form.Line(was[labelControl]), "label"
	if was[actionControl] == againWord {
		word = againWord
	}
	if err := v.booked("post-"+word, p.Authority, p.Application.String(), map[string]string{"document": p.Paper}); err != nil {
		return err
	}
	if word == againWord {
		err = v.o.Delivery.Again(v.ctx, v.holders(), p.Paper)
	} else {
		err = v.o.Delivery.Label(v.ctx, v.holders(), p.Paper, typed)
	}
	switch {
	case errors.Is(err, delivery.ErrItem):
		return v.showPosting(http.StatusUnprocessableEntity, p, a, typed, "desk.post.noLabel", "")
	case errors.Is(err, delivery.ErrTaken):
		return v.showPosting(http.StatusUnprocessableEntity, p, a, typed, "desk.post.taken", "")
	case errors.Is(err, delivery.ErrPaper):
		return v.showPosting(http.StatusConflict, p, a, typed, "", "desk.post.notValid")
	case errors.Is(err, delivery.ErrState):
		if p, a, err = v.onePosting(); err == nil {
			err = v.showPosting(http.StatusConflict, p, a, "", "", "desk.collect.late")
		}
		return err
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, postPath, http.StatusSeeOther)
	return nil
}

// closes puts what is packed into a manifest.
func (v *visit) closes() error {
	if !v.hasPost() {
		return application.ErrNotFound
	}
	was, err := v.posted()
	if err != nil {
		return err
	}
	authority := was[authorityControl]
	if !slices.Contains(v.holders(), authority) {
		return application.ErrNotFound
	}
	id, err := v.o.Delivery.CloseManifest(v.ctx, authority, v.officer.ID)
	if errors.Is(err, delivery.ErrNothing) {
		return v.postList(http.StatusConflict, &ui.Banner{Kind: ui.Caution, Title: v.locale.T("desk.post.nothing")})
	}
	if err != nil {
		return err
	}
	if err := v.booked("manifest-closed", authority, id, nil); err != nil {
		return err
	}
	http.Redirect(v.w, v.r, manifestHref(id), http.StatusSeeOther)
	return nil
}

// manifest shows what is handed to the carrier at once; it can be printed.
func (v *visit) manifest() error { return v.showManifest(http.StatusOK, "") }

func (v *visit) oneManifest() (*delivery.Manifest, []delivery.Line, error) {
	if v.o.Delivery == nil {
		return nil, nil, application.ErrNotFound
	}
	m, lines, err := v.o.Delivery.OneManifest(v.ctx, v.holders(), v.r.PathValue("manifest"))
	if errors.Is(err, delivery.ErrNotFound) {
		err = application.ErrNotFound
	}
	return m, lines, err
}

func (v *visit) showManifest(status int, refused string) error {
	m, lines, err := v.oneManifest()
	if err != nil {
		return err
	}
	by := []uuid.UUID{m.ClosedBy}
	if m.HandedBy != nil {
		by = append(by, *m.HandedBy)
	}
	names, err := v.o.People.Named(v.ctx, by)
	if err != nil {
		return err
	}
	t := v.locale.T
	body := postPage{Facts: &ui.SummaryList{Rows: []ui.SummaryRow{{Key: t("desk.post.closed"), Value: v.locale.DateTime(m.ClosedAt) + "\n" + v.name(names[m.ClosedBy])}}}}
	body.Table = &ui.Table{Caption: t("desk.post.items"), QuietCaption: true, Columns: []ui.Column{
		{Text: t("desk.post.row"), Number: true}, {Text: t("desk.post.label")}, {Text: t("desk.hold.paper")}, {Text: t("desk.collect.document")}, {Text: t("desk.collect.state")}}}
	held := 0
	for _, l := range lines {
		tag := ui.Tag{State: ui.Open, Text: t("desk.post.is." + string(l.State))}
		switch {
		case l.Held:
			tag = ui.Tag{State: ui.Overdue, Text: t("desk.post.held")}
			held++
		case l.State == delivery.PostDelivered:
			tag.State = ui.Done
		case l.State == delivery.PostReturned || l.State == delivery.PostLost:
			tag.State = ui.Overdue
		}
		body.Table.Rows = append(body.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: v.locale.Number(int64(l.Row))}, {Text: l.Item}, {Text: l.Paper}, {Text: v.locale.Pick(l.Title)}, {Tag: &tag}}})
	}
	body.Table.Foot = &ui.Row{Cells: []ui.Cell{{Text: v.locale.Number(int64(len(lines)))}, {Text: t("desk.post.total")}, {}, {}, {}}}
	body.Forms = []ui.Component{ui.ButtonRow{Buttons: []ui.Button{{Text: t("desk.post.file"), Kind: ui.Secondary, Icon: "download", Href: manifestHref(m.ID) + "/manifest.csv"}}}}
	if m.HandedAt == nil {
		body.Forms = append(body.Forms, ui.Text{Text: t("desk.post.handText")}, handle{Action: manifestHref(m.ID), Button: ui.Button{Text: t("desk.post.hand")}})
	} else {
		body.Facts.Rows = append(body.Facts.Rows, ui.SummaryRow{Key: t("desk.post.is.handed"), Value: v.locale.DateTime(*m.HandedAt) + "\n" + v.name(names[*m.HandedBy])})
	}
	if held > 0 {
		body.Flash = &ui.Banner{Kind: ui.Caution, Title: t("desk.post.heldBack", "items", v.locale.Number(int64(held)))}
	}
	page := v.page(t("desk.post.manifest")+" "+m.ID, body)
	page.Crumbs = []ui.Link{{Text: t("desk.post.title"), Href: postPath}, {Text: m.ID}}
	if refused != "" {
		page.Flash = []ui.Banner{{Kind: ui.Caution, Title: t(refused)}}
	}
	return v.render(status, "post", page)
}

// manifestCSV gives the file of a manifest, byte for byte as it was closed.
func (v *visit) manifestCSV() error {
	m, _, err := v.oneManifest()
	if err != nil {
		return err
	}
	if err := v.booked("manifest-read", m.Authority, m.ID, nil); err != nil {
		return err
	}
	file, err := v.o.Delivery.ManifestFile(v.ctx, v.holders(), m.ID)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", m.ID+".csv"))
	h.Set("Cache-Control", "private, no-store")
	_, _ = v.w.Write(file) // whoever asked may have gone
	return nil
}

// hands says that a manifest was handed to the carrier.
func (v *visit) hands() error {
	m, _, err := v.oneManifest()
	if err != nil {
		return err
	}
	if err := v.booked("manifest-handed", m.Authority, m.ID, nil); err != nil {
		return err
	}
	err = v.o.Delivery.HandToCarrier(v.ctx, v.holders(), m.ID, v.officer.ID)
	if errors.Is(err, delivery.ErrState) {
		return v.showManifest(http.StatusConflict, "desk.collect.late")
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, manifestHref(m.ID), http.StatusSeeOther)
	return nil
}

// tracking takes a carrier's file of events: all of it, or nothing and what is wrong with which row.
func (v *visit) tracking() error {
	if !v.hasPost() {
		return application.ErrNotFound
	}
	file, err := v.trackingFile()
	if err != nil {
		return err
	}
	t := v.locale.T
	told, err := delivery.ReadTracking(file)
	if errors.Is(err, delivery.ErrTracking) {
		return v.postList(http.StatusUnprocessableEntity, &ui.Banner{Kind: ui.Failure, Title: t("desk.post.noTracking"), Text: t("desk.post.trackingHint")})
	}
	if err != nil {
		return err
	}
	wrong, err := v.o.Delivery.Track(v.ctx, v.holders(), told, v.officer.ID)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		flash := &ui.Banner{Kind: ui.Failure, Title: t("desk.post.nothingTaken", "rows", v.locale.Number(int64(len(wrong))))}
		var lines []string
		for _, w := range wrong[:min(len(wrong), mostWrong)] {
			lines = append(lines, t("desk.post.wrong."+w.What, "row", v.locale.Number(int64(w.Row))))
		}
		flash.Text = strings.Join(lines, "\n")
		return v.postList(http.StatusUnprocessableEntity, flash)
	}
	for _, authority := range v.holders() {
		if err := v.booked("post-tracked", authority, v.officer.ID.String(), map[string]string{"events": strconv.Itoa(len(told))}); err != nil {
			return err
		}
	}
	return v.postList(http.StatusOK, &ui.Banner{Kind: ui.Success, Title: t("desk.post.tracked", "rows", v.locale.Number(int64(len(told))))})
}

// trackingFile is what was sent, in memory: its bound is small.
func (v *visit) trackingFile() ([]byte, error) {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, delivery.MostTracking+mostAround)
	parts, err := v.r.MultipartReader()
	if err != nil {
		return nil, application.ErrNotFound
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if part.FormName() == trackingControl {
			return io.ReadAll(part)
		}
	}
}

// mostAround is what surrounds a file in the body of a form.
const mostAround = 16 << 10
