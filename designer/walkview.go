package designer

import (
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/catalog/unit"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/draw"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// walkPart is a walk as the page shows it.
type walkPart struct {
	Carry            walkForm
	Stopped, Problem string
	Day              string
	Tag              ui.Tag
	Reason           string // why it has ended, or may not begin
	Asks             []walkAsk
	Form             bool // the form of the service is asked
	Correct          bool // again, since the application was sent back
	At               waitKey
	Lead             string // above the form
	Errors           []ui.FieldError
	Questions        template.HTML
	Clock            string // what time leads to next
	Days             bool   // time may pass
	Events           []walkAsk
	Withdraw         bool
	Story            []happening
	Judged           []walkJudged
	Fees             []walkFee
	Papers           []walkPaper
	Picture          template.HTML
	Saves            bool
	Title            string // of the example that is saved
	Open             bool   // it would be saved before its end
}

// walkForm is what every form of a walk carries.
type walkForm struct{ Action, File, Moves string }

func (b *workbench) walkForm(moves string) walkForm {
	return walkForm{changePath(b.ch.Number) + "/edit", b.file, moves}
}

// walkQuestions is the form alone, where a script asks for it.
type walkQuestions struct{ Questions template.HTML }

// walkAsk is one thing that is waited for, with what may be done about it.
type walkAsk struct {
	Title, Who, Due, Note string
	Carry                 walkForm
	At                    waitKey
	Lines                 []walkFee
	Body                  template.HTML
	Buttons               []walkButton
	Answers               []walkAnswer // of a registry, a draw, or a service that was started
	Other                 *walkOther   // another one than those
	About                 string       // label of what an event is about, "" where that is not asked
}

type walkButton struct{ Value, Text string }

type walkAnswer struct {
	Value, Text string
	Code        bool // it is written as in a definition
	Chosen      bool
}

// walkOther is an answer that is written as in a definition.
type walkOther struct{ Value, Label string }

// walkFee is a payment that was asked for, line by line.
type walkFee struct {
	Title, Total string
	Lines        []walkLine
}

type walkLine struct {
	Title, Amount, Formula string
	Said                   string // the formula in plain words
	Reads                  []string
}

// walkJudged is a condition on the way.
type walkJudged struct {
	From, To, Guard string
	Said            string // the condition in plain words
	Held            bool
	Reads           []string
}

// walkPaper is a document that was issued, or an answer that was shown.
type walkPaper struct {
	Title string
	Rows  []walkCell
}

type walkCell struct{ Label, Value string }

// part shows where the walk is.
func (k *walking) part() *walkPart {
	raw, err := json.Marshal(k.moves)
	if err != nil { // they came out of JSON
		raw = nil
	}
	w := k.way
	part := &walkPart{
		Carry: k.walkForm(string(raw)), Stopped: k.stopped, Problem: k.problem, Day: k.locale.Date(w.Now()), Fees: k.fees, Papers: k.papers,
		Title: k.r.PostForm.Get(titleControl),
	}
	outcome, ended := w.Ended()
	switch {
	case w.Barred() != "":
		part.Tag = ui.Tag{State: ui.Refused, Text: k.locale.T("designer.walk.barred")}
		part.Reason = k.pick(w.Texts().Reasons[w.Barred()])
	case !w.Started():
		part.Tag = ui.Tag{State: ui.Draft, Text: k.locale.T("designer.walk.before")}
	case ended:
		part.Tag = ui.Tag{State: ui.Ended, Text: k.locale.T("designer.walk.ended", "outcome", k.said("designer.word."+outcome, outcome))}
		part.Reason = k.pick(w.Texts().Reasons[w.Reason()])
	default:
		part.Tag = ui.Tag{State: ui.Open, Text: k.locale.T("designer.walk.open")}
	}
	k.asks(part)
	if w.Started() {
		k.outside(part, ended)
		part.Saves, part.Open = k.editable && !slices.ContainsFunc(w.Waits(), func(w machine.Wait) bool { return w.Kind == machine.LookupWait }), !ended
	}
	part.Saves = part.Saves || k.editable && w.Barred() != ""
	for _, asks := range [][]walkAsk{part.Asks, part.Events} {
		for i := range asks {
			asks[i].Carry = part.Carry
		}
	}
	k.tell(part)
	return part
}

// asks are what is waited for.
func (k *walking) asks(part *walkPart) {
	w := k.way
	if l := w.Pending(); l != nil {
		part.Asks = append(part.Asks, k.registry(l, waitKey{}))
		return
	}
	if !w.Started() {
		if w.Barred() == "" {
			part.Form, part.Lead = true, k.locale.T("designer.walk.form")
			k.questions(part, w.Opening(), nil)
		}
		return
	}
	for i, wait := range w.Waits() {
		switch {
		case wait.Kind == machine.LookupWait:
			part.Asks = append(part.Asks, k.lookup(wait))
		case wait.Kind == machine.CorrectTask && !part.Form:
			part.Form, part.Correct, part.At = true, true, waitKey{wait.Node, wait.Visit}
			part.Lead = k.locale.T("designer.walk.correct", "step", k.step(wait.Step))
			k.questions(part, w.Named(w.Sent()), frozenAt(w.Plan(), wait.Node))
			part.Asks = append(part.Asks, walkAsk{Title: k.step(wait.Step), Who: k.role(wait.Role), Due: k.limit(wait), Note: part.Lead})
		case wait.Step != "":
			part.Asks = append(part.Asks, k.ask(i, wait))
		case wait.Kind == machine.SuspendWait:
			part.Asks = append(part.Asks, walkAsk{Title: k.locale.T("designer.walk.suspended"), Who: k.role(wait.Role), Due: k.limit(wait)})
		}
	}
}

// frozenAt are the fields that can no longer be changed where the application was sent back.
func frozenAt(pl *plan.Plan, node string) []string {
	for i := range pl.Nodes {
		if n := &pl.Nodes[i]; n.Key == node && n.Correct != nil {
			return n.Correct.Frozen
		}
	}
	return nil
}

// ask is a wait at a step.
func (k *walking) ask(i int, wait machine.Wait) walkAsk {
	a := walkAsk{Title: k.step(wait.Step), Who: k.role(wait.Role), Due: k.limit(wait), At: waitKey{wait.Node, wait.Visit}}
	if wait.Item > 0 {
		a.Title = k.locale.T("designer.walk.item", "step", a.Title, "number", wait.Item)
	}
	act := func(action, text string) { a.Buttons = append(a.Buttons, walkButton{"act:" + action, text}) }
	switch wait.Kind {
	case machine.PaymentTask:
		a.Who = k.role(machine.Applicant)
		if lines := k.payment(wait.Step); len(lines.Lines) > 0 {
			a.Lines = []walkFee{lines}
			act(machine.Paid, k.locale.T("designer.walk.pay", "amount", lines.Total))
		} else {
			act(machine.Paid, k.locale.T("designer.walk.payNothing"))
		}
	case machine.PayoutTask:
		act(machine.PaidOut, k.locale.T("designer.walk.paidOut"))
	case machine.IncidentTask:
		a.Who, a.Note = k.locale.T("designer.walk.operator"), k.locale.T("designer.walk.incident", "why", wait.Incident)
		for _, action := range wait.Actions {
			act(action, k.said("designer.walk."+action, action))
		}
	case machine.EventTask:
		a.Who, a.Note = k.locale.T("designer.walk.somebody"), k.locale.T("designer.walk.waitsFor", "what", k.events(wait.Actions))
	case machine.ClockWait:
		a.Who, a.Note = k.locale.T("designer.walk.time"), k.locale.T("designer.walk.onlyTime")
	case machine.ChildTask:
		a.Who, a.Note = k.locale.T("designer.walk.child"), k.locale.T("designer.walk.childEnds")
		a.Answers = k.outcomes(wait.Node)
		a.Buttons = []walkButton{{"give", k.locale.T("designer.walk.ends")}}
	default:
		a.Body = k.own(i, wait)
		for _, action := range wait.Actions {
			text := k.decision(wait.Step, action)
			if slices.Contains(wait.Comment, action) {
				text = k.locale.T("designer.walk.remark", "decision", text)
			}
			act(action, text)
		}
	}
	return a
}

// own is what is filled in beside a decision.
func (k *walking) own(i int, wait machine.Wait) (out template.HTML) {
	own, err := k.way.Own(wait)
	if err != nil || own == nil {
		return ""
	}
	var typed map[string]any
	var problems []form.Problem
	if k.beside == (waitKey{wait.Node, wait.Visit}) {
		typed, problems = k.besides, k.failed
	}
	f := filling.New(k.ctx, filling.Options{Locale: k.locale, Documents: noFiles{}, Path: k.r.URL.Path})
	view := own.Shown(k.locale.Lang(), typed, problems, nil)
	view.Each(func(field *form.Field) {
		field.Name, field.Dynamic = ownPrefix(i)+field.Name, false
		k.nameOfFile(field)
	})
	for _, s := range view.Sections {
		out += k.html(f, s.Fields)
	}
	return out
}

// questions are the form of the service, as whoever applies sees it.
func (k *walking) questions(part *walkPart, opening map[string]any, frozen []string) {
	typed := opening
	if k.typed != nil {
		typed = k.typed
	}
	w := k.way
	f := filling.New(k.ctx, filling.Options{Form: w.Form(), Texts: w.Texts(), With: w.Context(), Locale: k.locale, Documents: noFiles{}, Path: k.r.URL.Path})
	view := w.Sheet().Shown(k.locale.Lang(), typed, k.problems, frozen)
	view.Each(k.nameOfFile)
	for _, s := range view.Sections {
		if !s.Visible {
			continue
		}
		part.Errors = append(part.Errors, filling.Errors(s.Fields)...)
		if s.Title != "" {
			part.Questions += template.HTML("<h3>" + template.HTMLEscapeString(s.Title) + "</h3>")
		}
		part.Questions += k.html(f, s.Fields)
	}
}

// nameOfFile lets the name of a file be typed in its place: nothing is sent.
func (k *walking) nameOfFile(f *form.Field) {
	if f.Type == filling.FileType {
		if f.Type = string(catalog.TextField); f.Value == "" && len(f.Values) > 0 {
			f.Value = f.Values[0]
		}
		f.Hint = strings.TrimSpace(f.Hint + " " + k.locale.T("designer.walk.file"))
		f.MaxLength = 200
	}
}

func (k *walking) html(f *filling.Filling, fields []form.Field) (out template.HTML) {
	for _, q := range f.Questions(k.ctx, fields) {
		html, err := k.ui.HTML(k.locale.Lang(), q)
		if err == nil {
			out += html
		}
	}
	return out
}

// lookup is what is asked of a registry, or drawn.
func (k *walking) lookup(wait machine.Wait) walkAsk {
	at := waitKey{wait.Node, wait.Visit}
	if wait.Lookup.Do == activity.Draw {
		a := walkAsk{Title: k.step(wait.Step), At: at, Who: k.locale.T("designer.walk.draw"), Buttons: []walkButton{{"give", k.locale.T("designer.walk.drawn")}}}
		for i, c := range wait.Lookup.Channels {
			a.Answers = append(a.Answers, walkAnswer{Value: c.Name, Text: c.Name, Chosen: i == 0})
		}
		return a
	}
	a := k.registry(wait.Lookup, at)
	if title := k.step(wait.Step); title != "" {
		a.Title = title
	}
	return a
}

// mostKnown is how many answers of the examples are offered.
const mostKnown = 6

// registry lets a registry answer: what the examples have is offered first.
func (k *walking) registry(l *activity.Lookup, at waitKey) walkAsk {
	name := l.Registry + "/" + l.Operation
	reg, op := k.c.Operation(name)
	a := walkAsk{Title: k.locale.T("designer.walk.first"), At: at, Buttons: []walkButton{{"answer", k.locale.T("designer.walk.answer")}}}
	if reg != nil {
		a.Who = k.say(reg.Title)
	}
	var with []string
	for _, arg := range l.With {
		with = append(with, arg.Name+" = "+plainly(arg.Value))
	}
	a.Note = k.locale.T("designer.walk.asked", "what", name, "with", strings.Join(with, ", "))
	for _, known := range k.known(name) {
		a.Answers = append(a.Answers, walkAnswer{Value: known, Text: known, Code: true, Chosen: len(a.Answers) == 0})
	}
	other := sampleAnswer(op)
	if len(a.Answers) == 0 && other != "" {
		a.Answers = append(a.Answers, walkAnswer{Value: other, Text: other, Code: true, Chosen: true})
	}
	a.Answers = append(a.Answers, walkAnswer{Value: catalog.NotFound, Text: k.locale.T("designer.walk.notFound"), Chosen: len(a.Answers) == 0})
	if at != (waitKey{}) {
		a.Answers = append(a.Answers, walkAnswer{Value: catalog.Failed, Text: k.locale.T("designer.walk.failed")})
	}
	if other != "" {
		a.Other = &walkOther{other, k.locale.T("designer.walk.other")}
	}
	return a
}

// known are the answers of an operation that the examples have, each once, that of the walk's own example first.
func (k *walking) known(name string) (out []string) {
	take := func(sc *catalog.Scenario) {
		answers, _ := sc.Answers.Get(name)
		for _, n := range answers.Values {
			if n == nil || n.Kind != source.Mapping {
				continue
			}
			if text := servicetest.OneLine(n); len(out) < mostKnown && !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	for own := range 2 {
		for i := range k.service.Scenarios {
			if sc := &k.service.Scenarios[i]; (sc.Title.Value == k.moves[0].Example) == (own == 0) {
				take(sc)
			}
		}
	}
	return out
}

// sampleAnswer is an answer of an operation that somebody may change, as a definition writes it.
func sampleAnswer(op *catalog.Operation) string {
	if op == nil {
		return ""
	}
	return sampleOf(op.Gives.All())
}

// sampleOf writes a value for each type.
func sampleOf(types func(func(string, catalog.Type) bool)) string {
	var parts []string
	for name, t := range types {
		parts = append(parts, name+": "+sampleValue(t))
	}
	if len(parts) == 0 {
		return ""
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func sampleValue(t catalog.Type) string {
	switch t.Word {
	case "integer", "decimal":
		return "1"
	case "money":
		return "10.00"
	case "date":
		return "2026-01-31"
	case "yes-no":
		return "true"
	case "list":
		return "[" + sampleOf(t.Fields.All()) + "]"
	case "record":
		if all := sampleOf(t.Fields.All()); all != "" {
			return all
		}
		return "{}"
	case catalog.ChoiceWord:
		if keys := t.Options.Keys(); len(keys) > 0 {
			return keys[0]
		}
	}
	return "text"
}

// outcomes are those with which a service that was started may end.
func (k *walking) outcomes(node string) (out []walkAnswer) {
	add := func(code string) {
		if code != "" && !slices.ContainsFunc(out, func(a walkAnswer) bool { return a.Value == code }) {
			out = append(out, walkAnswer{Value: code, Text: k.said("designer.word."+code, code), Chosen: len(out) == 0})
		}
	}
	for i := range k.way.Plan().Nodes {
		if n := &k.way.Plan().Nodes[i]; n.Key == node && n.Start != nil {
			if s := k.c.Service(n.Start.Service); s != nil {
				for j := range s.Scenarios {
					add(s.Scenarios[j].Expect.End.Value)
				}
			}
		}
	}
	for i := range k.service.Scenarios {
		for _, said := range k.service.Scenarios[i].Started.All() {
			for _, v := range said.Values {
				if v.Value != catalog.Silence {
					add(v.Value)
				}
			}
		}
	}
	add("refused")
	return out
}

// outside are time and what comes by itself.
func (k *walking) outside(part *walkPart, ended bool) {
	w := k.way
	if clock, armed := w.NextClock(); armed && !ended {
		part.Clock = k.locale.T("designer.walk.pass", "day", k.locale.DateTime(clock.DueAt.In(w.Now().Location())), "then", k.said("designer.word."+clock.Then, clock.Then))
	}
	part.Days, part.Withdraw = !ended, !ended && w.MayWithdraw()
	for _, wait := range w.Waits() {
		if wait.Kind == machine.EventTask {
			for _, event := range wait.Actions {
				part.Events = append(part.Events, k.event(event, wait.Node))
			}
		}
	}
	for _, event := range w.MayHappen() {
		part.Events = append(part.Events, k.event(event, ""))
	}
}

// event lets something come that a step waits for, or that may come at any time.
func (k *walking) event(code, node string) walkAsk {
	a := walkAsk{Title: k.eventTitle(code), Buttons: []walkButton{{"happen:" + code, k.locale.T("designer.walk.comes", "event", k.eventTitle(code))}}}
	for i := range k.way.Plan().Nodes {
		if n := &k.way.Plan().Nodes[i]; n.Key == node && n.Wait != nil && n.Wait.About != "" {
			a.About = k.locale.T("designer.walk.about", "formula", n.Wait.About)
		}
	}
	if e := k.c.Event(code); e != nil {
		if sample := sampleOf(e.Gives.All()); sample != "" {
			a.Other = &walkOther{sample, k.locale.T("designer.walk.brings")}
		}
	}
	return a
}

func (k *walking) eventTitle(code string) string {
	if said := k.pick(k.way.Texts().Anytime[code]); said != "" {
		return said
	}
	if e := k.c.Event(code); e != nil {
		return k.say(e.Title)
	}
	return k.said("designer.walk.event."+code, code)
}

func (k *walking) events(codes []string) string {
	var out []string
	for _, code := range codes {
		out = append(out, k.eventTitle(code))
	}
	return strings.Join(out, k.locale.T("designer.and"))
}

// look keeps what of the place where the walk is now cannot be worked out later: fees with what their formulas read, and papers.
func (k *walking) look() {
	for _, e := range k.way.News() {
		switch e.Kind {
		case activity.Issue:
			d := k.way.Texts().Documents[e.Subject]
			cells, err := k.way.Paper(e.Subject)
			k.papers = append(k.papers, k.paper(k.pick(d.Title), cells, d.Rows, err))
		case activity.ShowRows:
			for i := range k.way.Plan().Nodes {
				if n := &k.way.Plan().Nodes[i]; n.Key == e.Subject && n.Answer != nil {
					cells, err := k.way.Shown(n.Answer)
					k.papers = append(k.papers, k.paper(k.step(n.Step), cells, k.way.Texts().Answers[n.Key], err))
				}
			}
		}
	}
	for _, wait := range k.way.Waits() {
		if key := wait.Node + " " + strconv.Itoa(wait.Visit); wait.Kind == machine.PaymentTask && !k.seen[key] {
			k.seen[key] = true
			if fee := k.payment(wait.Step); len(fee.Lines) > 0 {
				k.fees = append(k.fees, fee)
			}
		}
	}
}

func (k *walking) paper(title string, cells []machine.Cell, labels []plan.Text, err error) walkPaper {
	p := walkPaper{Title: title}
	if err != nil {
		p.Rows = append(p.Rows, walkCell{Value: err.Error()})
	}
	for _, c := range cells {
		row := walkCell{Value: plainly(c.Value)}
		if c.Index < len(labels) {
			row.Label = k.pick(labels[c.Index])
		}
		if c.Unit != "" {
			row.Value += " " + unit.Name(c.Unit, k.locale.Lang())
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// payment is what is asked for at a step, with how each line came about.
func (k *walking) payment(step string) walkFee {
	fee, total := walkFee{Title: k.step(step)}, ui.Money{Currency: k.way.Plan().Currency}
	for _, l := range k.way.Lines(step) {
		line := walkLine{Title: k.pick(k.way.Texts().Fees[l.Fee]), Amount: k.locale.Money(ui.Money{Minor: l.Minor, Currency: total.Currency}), Formula: l.Formula, Said: k.inWords(l.Formula), Reads: append(slices.Clip(l.Reads), l.Rows...)}
		if line.Title == "" {
			line.Title = l.Fee
		}
		total.Minor += l.Minor
		fee.Lines = append(fee.Lines, line)
	}
	fee.Total = k.locale.Money(total)
	return fee
}

// tell tells what has happened, why each branch was taken, and lights the way in the picture.
func (k *walking) tell(part *walkPart) {
	w := k.way
	for _, e := range w.Happened() {
		part.Story = append(part.Story, k.happening(e))
	}
	for _, j := range w.Judged() {
		one := walkJudged{From: k.node(j.From), To: k.node(j.To), Guard: j.Guard, Said: k.inWords(j.Guard), Held: j.Held, Reads: j.Reads}
		if one.To == one.From { // the condition of a step itself
			one.To = ""
		}
		part.Judged = append(part.Judged, one)
	}
	part.Picture = k.picture(k.taken())
}

// happening is one thing that has happened, in the words of the service.
func (k *walking) happening(e servicetest.Entry) happening {
	what := e.Words(k.told(), func(place, code string) string { return k.called(e.Step, place, code) })
	if alone := strings.TrimSuffix(strings.TrimPrefix(what, "\u2068"), "\u2069"); !strings.ContainsAny(alone, "\u2068\u2069") { // nothing stands beside it
		what = alone
	}
	return happening{At: k.locale.Day(e.At.Format(time.DateOnly)), Step: k.step(e.Step), What: what}
}

// taken is the way of the walk, for the picture.
func (k *walking) taken() *draw.Taken {
	w := k.way
	taken := &draw.Taken{Visits: map[string]int{}}
	from, on := "", ""
	for _, p := range w.Passed() {
		if p.Left {
			from, on = p.Node, p.Outcome
			taken.Moves = append(taken.Moves, draw.Move{From: from, On: on})
			continue
		}
		taken.Visits[p.Node]++
		taken.Moves = append(taken.Moves, draw.Move{From: from, On: on, To: p.Node})
		if i := slices.IndexFunc(w.Plan().Nodes, func(n plan.Node) bool { return n.Key == p.Node }); i >= 0 && w.Plan().Nodes[i].Kind == plan.Fork {
			from, on = p.Node, ""
		}
	}
	for _, wait := range w.Waits() {
		if wait.Node != "" {
			taken.Now = append(taken.Now, wait.Node)
		}
	}
	return taken
}

// called is what a code in the story is called, by its place in the sentence.
func (k *walking) called(step, place, code string) string {
	switch place {
	case "outcome", "decision":
		if step != "" {
			return k.decision(step, code)
		}
		return k.said("designer.word."+code, code)
	case "whom", "role":
		return k.role(code)
	case "what": // who is asked, or fee lines
		if said := k.role(code); said != code {
			return said
		}
		lines := strings.Split(code, ", ")
		for i, line := range lines {
			fee, amount, _ := strings.Cut(line, " ")
			if said := k.pick(k.way.Texts().Fees[fee]); said != "" {
				lines[i] = said + " " + amount
			}
		}
		return strings.Join(lines, ", ")
	case "document":
		if d, ok := k.way.Texts().Documents[code]; ok {
			return k.pick(d.Title)
		}
	case "fee":
		if said := k.pick(k.way.Texts().Fees[code]); said != "" {
			return said
		}
	case "event":
		return k.eventTitle(code)
	case "day":
		return k.locale.Day(code)
	}
	return code
}

// pick is a text of the plan in the language of the page.
func (k *walking) pick(t plan.Text) string { return k.locale.Pick(t) }

// step is what a step is called.
func (k *walking) step(code string) string {
	if said := k.pick(k.way.Texts().Steps[code]); said != "" {
		return said
	}
	return code
}

// node is what the step of a node is called; those that stand between steps have none.
func (k *walking) node(key string) string {
	for i := range k.way.Plan().Nodes {
		if n := &k.way.Plan().Nodes[i]; n.Key == key {
			if n.Step != "" {
				return k.step(n.Step)
			}
			if n.End != nil {
				return k.said("designer.word."+n.End.Outcome, n.End.Outcome)
			}
		}
	}
	return ""
}

// decision is what a decision is called.
func (k *walking) decision(step, action string) string {
	if said := k.pick(k.way.Texts().Decisions[step+"/"+action]); said != "" {
		return said
	}
	return k.said("designer.decision."+action, k.said("designer.walk.outcome."+action, k.said("designer.word."+action, k.said("designer.walk."+action, action))))
}

// role is what whoever acts is called.
func (k *walking) role(capacity string) string {
	_, code, qualified := strings.Cut(capacity, ":")
	if !qualified {
		code = capacity
	}
	if said := k.nameOf("role", code); said != "" {
		return said
	}
	return k.said("designer.word."+code, code)
}

// limit is until when something may be done, and what happens then.
func (k *walking) limit(w machine.Wait) string {
	if w.DueAt.IsZero() {
		return ""
	}
	return k.locale.T("designer.walk.due", "day", k.locale.LastDay(w.DueAt.In(k.way.Now().Location())), "then", k.said("designer.word."+w.Then, w.Then))
}

// plainly is a value of JSON as people write it.
func plainly(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if len(v) == 2 && v["currency"] != nil {
			return fmt.Sprint(v["value"], " ", v["currency"])
		}
	}
	return string(raw)
}
