package servicetest

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// compare says, aspect by aspect, where something else came out than the scenario expects. One that could not go on is compared too, as far
// as it came: what is missing then follows from what stopped it, so only that is said.
func (r *rehearsal) compare() {
	if len(r.differences) == 0 {
		r.comparePath()
		r.compareFees()
		r.compareRefunds()
		r.compareTasks()
		r.compareDocuments()
		r.compareDates()
		r.compareTold()
		r.compareEnd()
	}
	if len(r.differences) == 0 {
		r.unused()
	}
	r.tell()
}

// tell adds what happened to each difference.
func (r *rehearsal) tell() {
	for i := range r.differences {
		if d := &r.differences[i]; d.Severity == diag.Error && len(r.happened) > 0 {
			d.alone = d.Diagnostic
			d.Diagnostic = d.WithMoreHelp("What happened: {story}.", "story", story(r.happened))
		}
	}
}

func (r *rehearsal) comparePath() {
	x := &r.sc.Expect
	want := texts(x.Path)
	if !x.Has("path") || slices.Equal(want, r.path) {
		return
	}
	at := x.RangeOf("path")
	for i, step := range x.Path {
		if i >= len(r.path) || r.path[i] != step.Value {
			at = step.Range()
			break
		}
	}
	d := r.differ("scenario-path", at, "the path is {have}, not {want}", "have", list(r.path), "want", list(want))
	d.Want, d.Have = list(want), list(r.path)
}

func (r *rehearsal) compareEnd() {
	x := &r.sc.Expect
	if x.Has("ineligible") && !x.Has("end") && r.state.Status == machine.Ended {
		return
	}
	if r.state.Status == machine.Ended {
		want, at := x.End.Value, x.End.Range()
		if x.Has("waits") {
			want, at = "", x.Waits.Range()
		}
		if want != r.state.Outcome {
			d := r.differ("scenario-end", at, "the application ends {have}", "have", r.state.Outcome)
			d.Want, d.Have = want, r.state.Outcome
			if x.Has("waits") {
				d.Want = "waits at " + x.Waits.Value
			}
		}
		return
	}
	var have []string
	for _, w := range r.u.p.Waits(r.state) {
		if w.Step != "" { // the time limits of the whole application are at no step
			have = append(have, w.Step)
		}
	}
	if x.Has("waits") && slices.Contains(have, x.Waits.Value) {
		return
	}
	at, want := r.sc.Expect.Head(), "ends "+x.End.Value
	if x.Has("end") {
		at = x.End.Range()
	}
	if x.Has("waits") {
		at, want = x.Waits.Range(), "waits at "+x.Waits.Value
	}
	d := r.differ("scenario-end", at, "the application does not end: it waits at {step}, and nothing more is said", "step", have)
	d.Want, d.Have = want, "waits at "+strings.Join(have, " and ")
	d.help("Say what is decided then, or write {waits} in place of end where that is meant.", "waits", "waits: "+strings.Join(have, ""))
}

// compareFees compares line by line; a line that is assessed several times counts with its sum.
func (r *rehearsal) compareFees() {
	x := &r.sc.Expect
	sums, order := map[string]int64{}, []string(nil)
	total := int64(0)
	for _, l := range r.fees {
		if _, known := sums[l.Fee]; !known {
			order = append(order, l.Fee)
		}
		sums[l.Fee] += l.Amount
		total += l.Amount
	}
	for _, e := range x.Fees.Entries {
		have, due := sums[e.Key.Value]
		want, err := formula.ParseMoney(e.Value.Value)
		switch {
		case !due:
			d := r.differ("scenario-fees", e.Key.Range(), "{fee} is not due", "fee", e.Key.Value)
			d.Want = e.Key.Value + " " + e.Value.Value
		case err != nil || want != (formula.Money{Minor: have, Currency: r.u.p.Plan().Currency}):
			d := r.differ("scenario-fees", e.Value.Range(), "{fee} is {have}, not {want}", "fee", e.Key.Value, "have", r.money(have), "want", e.Value.Value)
			d.Want, d.Have = e.Key.Value+" "+e.Value.Value, e.Key.Value+" "+r.money(have)
			if rows := r.rowsOf(e.Key.Value); len(rows) > 0 {
				d.help("The rows that held: {rows}.", "rows", strings.Join(rows, "; "))
			}
		}
	}
	var more []string
	for _, fee := range order {
		if _, expected := x.Fees.Get(fee); !expected {
			more = append(more, fee+": "+r.money(sums[fee]))
		}
	}
	if len(more) > 0 {
		at := x.KeyRange("end")
		if x.Has("fees") {
			at = x.RangeOf("fees")
		}
		d := r.differ("scenario-fees", at, "{have} is due too", "have", strings.Join(more, ", "))
		d.Have, d.Help = strings.Join(more, ", "), "Write fees: {"+strings.Join(more, ", ")+"}."
		if x.Has("fees") {
			d.Help = "Add " + strings.Join(more, ", ") + "."
		}
	}
	if want, err := formula.ParseMoney(x.Total.Value); x.Has("total") && (err != nil || want.Minor != total || want.Currency != r.u.p.Plan().Currency) {
		d := r.differ("scenario-total", x.Total.Range(), "the total is {have}, not {want}", "have", r.money(total), "want", x.Total.Value)
		d.Want, d.Have = x.Total.Value, r.money(total)
	}
}

// rowsOf are the rows that held for the lines of a fee, each once.
func (r *rehearsal) rowsOf(fee string) []string {
	var out []string
	for _, l := range r.fees {
		if l.Fee == fee {
			out = append(out, r.rowsHeld(l)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (r *rehearsal) compareRefunds() {
	x := &r.sc.Expect
	if !x.Has("refunds") {
		return
	}
	have := map[string]string{}
	for _, l := range r.refunds {
		have[l.Fee] = l.What
		if _, expected := x.Refunds.Get(l.Fee); !expected {
			d := r.differ("scenario-refunds", x.RangeOf("refunds"), "{fee} is paid too: {have}", "fee", l.Fee, "have", l.What)
			d.Have = l.Fee + ": " + l.What
		}
	}
	for _, e := range x.Refunds.Entries {
		switch what, paid := have[e.Key.Value]; {
		case !paid:
			d := r.differ("scenario-refunds", e.Key.Range(), "{fee} was not paid, or nothing says what becomes of it", "fee", e.Key.Value)
			d.Want = e.Key.Value + ": " + e.Value.Value
		case what != e.Value.Value:
			d := r.differ("scenario-refunds", e.Value.Range(), "of {fee} it is {have}, not {want}", "fee", e.Key.Value, "have", what, "want", e.Value.Value)
			d.Want, d.Have = e.Key.Value+": "+e.Value.Value, e.Key.Value+": "+what
		}
	}
}

func (r *rehearsal) compareTasks() {
	for _, e := range r.sc.Expect.Tasks.Entries {
		have := r.tasks[e.Key.Value]
		if len(have) == 0 {
			r.differ("scenario-tasks", e.Key.Range(), "nobody is asked at {step}", "step", e.Key.Value)
		}
		for i, t := range have {
			want, ok := e.Value.Time(i)
			if !ok {
				r.differ("scenario-tasks", e.Value.Range(), "{step} asks once more: {role}, by {due}", "step", e.Key.Value, "role", t.role, "due", t.due)
				break
			}
			if want.Has("role") && t.role != want.Role.Value && !strings.HasSuffix(t.role, ":"+want.Role.Value) {
				d := r.differ("scenario-tasks", want.Role.Range(), "at {step} {have} is asked, not {want}", "step", e.Key.Value, "have", t.role, "want", want.Role.Value)
				d.Want, d.Have = want.Role.Value, t.role
			}
			if want.Has("due") && t.due != want.Due.Value {
				d := r.differ("scenario-tasks", want.Due.Range(), "the last day at {step} is {have}, not {want}", "step", e.Key.Value, "have", t.due, "want", want.Due.Value)
				d.Want, d.Have = want.Due.Value, t.due
			}
		}
		if e.Value.Listed && len(have) > 0 && len(have) < len(e.Value.Values) {
			r.differ("scenario-tasks", e.Value.Values[len(have)].Range(), "{step} does not ask so often", "step", e.Key.Value)
		}
	}
}

func (r *rehearsal) compareDocuments() {
	x := &r.sc.Expect
	if want := texts(x.Documents); x.Has("documents") && !slices.Equal(want, r.documents) {
		d := r.differ("scenario-documents", x.RangeOf("documents"), "the documents are {have}, not {want}", "have", list(r.documents), "want", list(want))
		d.Want, d.Have = list(want), list(r.documents)
	}
	if want := texts(x.Undone); x.Has("undone") && !slices.Equal(want, r.undone) {
		d := r.differ("scenario-undone", x.RangeOf("undone"), "what was taken back is {have}, not {want}", "have", list(r.undone), "want", list(want))
		d.Want, d.Have = list(want), list(r.undone)
	}
}

func (r *rehearsal) compareDates() {
	for _, e := range r.sc.Expect.Dates.Entries {
		have, reached := r.dates[e.Key.Value]
		switch {
		case !reached:
			d := r.differ("scenario-dates", e.Key.Range(), "{step} is not reached", "step", e.Key.Value)
			d.Want = e.Value.Value
		case have != e.Value.Value:
			d := r.differ("scenario-dates", e.Value.Range(), "{step} is reached on {have}, not on {want}", "step", e.Key.Value, "have", have, "want", e.Value.Value)
			d.Want, d.Have = e.Value.Value, have
		}
	}
}

// compareTold compares what is expected by name, each wholly.
func (r *rehearsal) compareTold() {
	x := &r.sc.Expect
	var rights []told
	for _, g := range r.rights {
		rights = append(rights, told{g.code, g.change})
	}
	r.compareAll("notices", x.Notices, r.notices)
	r.compareAll("paidOut", x.PaidOut, r.paidOut)
	r.compareAll("deposits", x.Deposits, r.deposits)
	r.compareAll("granted", x.Granted, rights)
}

// compareAll compares a mapping with what came under each name. Of a role its own name suffices.
func (r *rehearsal) compareAll(key string, want source.Map[source.Text], have []told) {
	x := &r.sc.Expect
	if !x.Has(key) {
		return
	}
	seen := map[string]bool{}
	for _, h := range have {
		seen[h.name] = true
		w, expected := want.Get(h.name)
		switch {
		case !expected:
			d := r.differ("scenario-came", x.RangeOf(key), "{name}: {have} came too", "name", h.name, "have", h.what)
			d.Have = h.name + ": " + h.what
		case w.Value != h.what && !strings.HasSuffix(h.what, ":"+w.Value):
			d := r.differ("scenario-came", w.Range(), "{name} is {have}, not {want}", "name", h.name, "have", h.what, "want", w.Value)
			d.Want, d.Have = h.name+": "+w.Value, h.name+": "+h.what
		}
	}
	for _, e := range want.Entries {
		if !seen[e.Key.Value] {
			d := r.differ("scenario-came", e.Key.Range(), "{name} did not come", "name", e.Key.Value)
			d.Want = e.Key.Value + ": " + e.Value.Value
		}
	}
}

// unused warns of replies that nothing asked for: whoever wrote them thinks of another way than the application takes.
func (r *rehearsal) unused() {
	unused(r, "answers", r.sc.Answers)
	unused(r, "decide", r.sc.Decide)
	unused(r, "corrections", r.sc.Corrections)
	unused(r, "fields", r.sc.Fields)
	unused(r, "draw", r.sc.Draw)
	unused(r, "started", r.sc.Started)
	unused(r, "pay", r.sc.Pay)
	for i := range r.sc.Events {
		if !r.over[i] {
			r.superfluous(r.sc.Events[i].Event.Range(), r.sc.Events[i].Event.Value)
		}
	}
}

func unused[T any](r *rehearsal, what string, said source.Map[source.Successive[T]]) {
	for i := range said.Entries {
		e := &said.Entries[i]
		n := r.used[what+"/"+e.Key.Value]
		switch {
		case n == 0:
			r.superfluous(e.Key.Range(), e.Key.Value)
		case e.Value.Listed && n < len(e.Value.Values):
			items := e.Value.Node().Items()
			r.superfluous(items[n].Range(), e.Key.Value)
		}
	}
}

func (r *rehearsal) superfluous(at diag.Range, name string) {
	d := r.differ("scenario-unused", at, "nothing asks for this in the scenario: {name}", "name", name)
	d.Severity = diag.Warning
	d.help("Remove it, or look whether the application goes another way than you think. What happened: {story}.", "story", story(r.happened))
}

func list(words []string) string { return "[" + strings.Join(words, ", ") + "]" }

func texts(ts []source.Text) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = t.Value
	}
	return out
}
