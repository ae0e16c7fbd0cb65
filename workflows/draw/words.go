package draw

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// words says what stands in a picture, in its language.
type words struct {
	Options
	texts *plan.Texts
}

// vocabulary is what a picture says of itself, in English and in Arabic.
var vocabulary = map[string][2]string{
	"submitted": {"Application submitted", "تقديم الطلب"}, "withdraws": {"At any time: the applicant withdraws", "في أي وقت: سحب مقدّم الطلب لطلبه"},
	"counter": {"At the counter: {}", "عند نافذة الاستقبال: {}"}, "came": {"Event: {}", "حدث: {}"}, "dayOf": {"A day of the right: {}", "يوم من عمر الحق: {}"},
	"agreed": {"filled in; waits {} for consent", "يُعبأ وينتظر الموافقة {}"}, "unasked": {"filled in and sent without consent", "يُعبأ ويُرسل دون موافقة"},
	"anytime": {"At any time:", "في أي وقت:"}, "deadline": {"Whole case:", "مهلة الطلب كله:"}, "against": {"against", "رفض"},
	"yes": {"yes", "نعم"}, "no": {"no", "لا"}, "otherwise": {"otherwise", "خلاف ذلك"}, "parallel": {"In parallel", "بالتوازي"},
	"each": {"For each of", "لكل من"}, "all": {"until all agree", "حتى يوافق الجميع"}, "some": {"until enough agree:", "حتى يوافق العدد الكافي:"},

	"needed": {"Needed: {}?", "هل يلزم: {}؟"},

	"kind/lookup": {"Lookup", "استعلام"}, "kind/write": {"Entry in a register", "قيد في سجل"}, "kind/pay": {"Payment", "دفع"}, "kind/review": {"Review", "مراجعة"},
	"kind/inspect": {"Inspection", "معاينة"}, "kind/correct": {"Correction by the applicant", "تصحيح من مقدّم الطلب"}, "kind/issue": {"Issue of a document", "إصدار وثيقة"},
	"kind/answer": {"Answer", "جواب"}, "kind/invite": {"Answer of others", "رد آخرين"}, "kind/appointment": {"Appointment", "موعد"}, "kind/wait": {"Wait", "انتظار"},
	"kind/notify": {"Notice", "إشعار"}, "kind/revoke": {"Revocation", "إلغاء وثيقة"}, "kind/right": {"Change of a right", "تغيير حق"}, "kind/start": {"Start of a service", "بدء خدمة"},
	"kind/compute": {"Computation", "حساب"}, "kind/draw": {"Random draw", "سحب عشوائي"}, "kind/pay-out": {"Payment to the applicant", "صرف"}, "kind/settle": {"Deposit", "تأمين"},
	"kind/place": {"Place in the round", "ترتيب في الدورة"}, "kind/gate": {"Condition", "شرط"}, "kind/fork": {"Parallel branches", "فروع متوازية"},

	"outcome/refused": {"Refused", "رُفض"}, "outcome/issued": {"Issued", "صدرت الوثيقة"}, "outcome/lapsed": {"Lapsed", "سقط الطلب"}, "outcome/answered": {"Answered", "أُجيب"},
	"outcome/completed": {"Completed", "اكتمل"}, "outcome/withdrawn": {"Withdrawn", "سُحب الطلب"}, "outcome/approved": {"Approved", "تمت الموافقة"},

	"on/notFound": {"not found", "لم يوجد"}, "on/approve": {"approve", "موافقة"}, "on/sendBack": {"send back", "إعادة للتصحيح"}, "on/refuse": {"refuse", "رفض"},
	"on/submit": {"submitted again", "أُعيد تقديمه"}, "on/exhausted": {"no more corrections", "استُنفدت المرات"}, "on/missed": {"missed", "لم يحضر"},
	"on/attended": {"attended", "حضر"}, "on/otherwise": {"otherwise", "خلاف ذلك"}, "on/happened": {"it happened", "حدث"}, "on/over": {"over", "انقضى"},
	"on/reserve": {"reserve", "احتياط"}, "on/refused": {"no place", "لا مكان"}, "on/placed": {"placed", "حصل على مكان"},

	"then/escalate": {"escalation", "رفع الأمر"}, "then/remind": {"reminder", "تذكير"}, "then/lapse": {"lapse", "سقوط الطلب"},
	"after": {"after {}", "بعد {}"}, "before": {"{} before the day", "قبل اليوم بـ{}"}, "onDay": {"on the day", "في اليوم"}, "atMost": {"at most {} times", "{} مرات على الأكثر"},
	"twice": {"at most twice", "مرتين على الأكثر"}, "once": {"at most once", "مرة على الأكثر"}, "then": {"then {}", "ثم {}"},
	"afterwards": {"after the last time", "بعد آخر مرة"}, "picture": {"Steps of the service {}", "خطوات خدمة {}"}, "now": {"now", "الآن"},
	"mark/added": {"+ added", "+ أضيف"}, "mark/removed": {"− removed", "− حُذف"}, "mark/moved": {"↕ moved", "↕ نُقل"}, "mark/changed": {"≠ changed", "≠ عُدّل"},
	"about": {"{} steps and conditions, {} endings. From the submission down: {}", "{} من الخطوات والشروط و{} من النهايات. من التقديم نزولًا: {}"},
}

// quiet are outcomes that need no word: they are what a step is for.
var quiet = map[string]bool{
	"found": true, "paid": true, "issued": true, "answered": true, "written": true, "done": true, "notified": true, "revoked": true, "changed": true, "started": true, "ended": true,
	"computed": true, "drawn": true, "paidOut": true, "settled": true,
}

func (w words) say(key string, values ...string) string {
	pair := vocabulary[key]
	text := pair[0]
	if w.Lang == "ar" {
		text = pair[1]
	}
	for _, v := range values {
		text = strings.Replace(text, "{}", v, 1)
	}
	return text
}

func (w words) text(t plan.Text) string { return t.In(w.Lang, w.texts.Languages...) }

func (w words) name(kind, code string) string {
	if w.Name == nil || code == "" {
		return code
	}
	return cmp.Or(w.Name(kind, code), code)
}

// officers are who decides at a review: by a role of the service's authority, or of another one.
func (w words) officers(r *plan.ReviewNode) string {
	if r.Authority != "" && w.Name != nil {
		if title := w.Name("role", r.Authority+":"+r.Role); title != "" {
			return title
		}
	}
	return w.name("role", r.Role)
}

func (w words) comma() string {
	if w.Lang == "ar" {
		return "، "
	}
	return ", "
}

// box says what a node is.
func (w words) box(p *plan.Plan, n *plan.Node) box {
	b := box{form: task, node: n, title: w.text(w.texts.Steps[n.Step])}
	if b.title == "" {
		b.title = w.say("kind/" + string(n.Kind))
	}
	detail := func(key, more string) {
		text := w.say("kind/" + key)
		if more != "" {
			text += ": " + more
		}
		if text != b.title {
			b.lines = append(b.lines, line{text: text})
		}
	}
	var clock *plan.Clock
	switch n.Kind {
	case plan.Gate:
		b.form = choice
		if n.Key != n.Step && len(w.guards(p, n)) == 1 {
			b.title = w.say("needed", b.title)
		}
		if guards := w.guards(p, n); len(guards) == 1 {
			b.lines = append(b.lines, line{text: guards[0], code: true})
		}
	case plan.Fork:
		b.form = split
		if n.Fork.Each != nil {
			b.lines = append(b.lines, line{text: w.say("each") + " " + n.Fork.Each.List, code: true})
		} else if b.title == w.say("kind/fork") {
			b.title = w.say("parallel")
		}
	case plan.End:
		b.form = end
		b.title = cmp.Or(w.say("outcome/"+n.End.Outcome), n.End.Outcome)
		b.good = n.End.Outcome != "refused" && n.End.Outcome != "lapsed" && n.End.Outcome != "withdrawn"
		if reason := w.text(w.texts.Reasons[n.Key]); reason != "" {
			b.lines = append(b.lines, line{text: reason})
		}
	case plan.Lookup, plan.Write:
		detail(string(n.Kind), w.name("registry", n.Lookup.Registry))
	case plan.Pay:
		var fees []string
		for _, f := range n.Pay.Fees {
			fees = append(fees, cmp.Or(w.text(w.texts.Fees[f]), f))
		}
		detail("pay", strings.Join(fees, w.comma()))
		b.actor, clock = applicant, n.Pay.Clock
	case plan.Review:
		kind := "review"
		if n.Review.Inspect {
			kind = "inspect"
		}
		detail(kind, w.officers(n.Review))
		if n.Review.Of != "" {
			b.lines = append(b.lines, line{text: short(n.Review.Of, 110), code: true})
		}
		b.actor, clock = officer, n.Review.Clock
	case plan.Correct:
		b.title = w.say("kind/correct")
		b.actor, clock = applicant, n.Correct.Clock
	case plan.Issue:
		detail("issue", w.text(w.texts.Documents[n.Issue.Document].Title))
	case plan.Invite:
		detail("invite", "")
		b.actor, clock = applicant, n.Invite.Clock
	case plan.Appointment:
		detail("appointment", w.name("role", n.Appointment.Role))
		b.actor, clock = applicant, n.Appointment.Clock
	case plan.Wait:
		detail("wait", "")
		clock = n.Wait.Clock
	case plan.Start:
		detail("start", n.Start.Service)
	default:
		detail(string(n.Kind), "")
	}
	if clock != nil {
		for _, r := range clock.Rungs {
			if r.Then == plan.Escalate || r.Then == plan.Remind {
				b.lines = append(b.lines, line{text: w.rung(r) + ": " + w.say("then/"+r.Then)})
			}
		}
	}
	return b
}

// begins says what starts the service.
func (w words) begins(t *plan.Trigger) box {
	b := box{form: start, title: w.say("submitted")}
	title := func(code string) string { return cmp.Or(w.text(w.texts.Triggers[code]), code) }
	switch {
	case t.Event != "":
		b.title = w.say("came", title(t.Event))
	case t.Right != "":
		b.title = w.say("dayOf", title(t.Right))
		b.lines = append(b.lines, line{text: short(t.On, 110), code: true})
	case t.By != "applicant":
		b.title, b.by = w.say("counter", w.name("role", t.By)), t
		return b
	default:
		return b
	}
	b.by = t
	if t.When != "" {
		b.lines = append(b.lines, line{text: short(t.When, 110), code: true})
	}
	consent := w.say("unasked")
	if t.Within != nil {
		consent = w.say("agreed", w.span(*t.Within))
	}
	b.lines = append(b.lines, line{text: consent})
	return b
}

// guards are the formulas on the edges of a gate, each once.
func (w words) guards(p *plan.Plan, n *plan.Node) []string {
	var out []string
	for _, e := range p.Edges {
		if g := short(e.Guard, 110); &p.Nodes[e.From] == n && g != "" && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

// edge says when an edge is taken, and how often.
func (w words) edge(p *plan.Plan, e plan.Edge, strict bool) (label string, code bool, rung *plan.Rung) {
	label, also := "", ""
	if n := &p.Nodes[e.From]; n.Kind == plan.Gate {
		label, code = w.condition(p, e)
	} else {
		label, also, rung = w.outcome(n, e, strict)
	}
	often := w.often(p, e)
	switch {
	case code || often == "":
	case label == "":
		label = often
	default:
		label += w.comma() + often
	}
	return label + also, code, rung
}

// condition says when a gate is left by an edge.
func (w words) condition(p *plan.Plan, e plan.Edge) (label string, code bool) {
	guards := len(w.guards(p, &p.Nodes[e.From]))
	switch {
	case guards == 0:
		return "", false
	case e.Guard == "" && guards == 1:
		return w.say("no"), false
	case e.Guard == "":
		return w.say("otherwise"), false
	case guards == 1:
		return w.say("yes"), false
	}
	return short(e.Guard, 70), true
}

// outcome says with what a step is left by an edge: a decision, or a time limit that is over. Also is the time limit after which the decision
// stands by itself.
func (w words) outcome(n *plan.Node, e plan.Edge, strict bool) (label, also string, rung *plan.Rung) {
	if c := clockOf(n); c != nil {
		for i, r := range c.Rungs {
			if r.Then != e.On {
				continue
			}
			if !slices.Contains(actions(n), e.On) {
				return w.rung(r), "", &c.Rungs[i]
			}
			if !strict {
				also = " / " + w.rung(r)
			}
			break
		}
	}
	if quiet[e.On] || e.On == "" {
		return "", "", nil
	}
	return w.decision(n, e.On), also, nil
}

func (w words) decision(n *plan.Node, action string) string {
	return cmp.Or(w.text(w.texts.Decisions[n.Step+"/"+action]), w.say("on/"+action), action)
}

// often says how many times an edge may be taken and which decision stands after the last, or that it is the way on after another's last.
func (w words) often(p *plan.Plan, e plan.Edge) string {
	n := &p.Nodes[e.From]
	most, then := e.AtMost, ""
	for _, d := range decisions(n) {
		if d.Action == e.On && d.AtMost > 0 {
			most = d.AtMost
			if d.Then != "" {
				then = w.comma() + w.say("then", w.decision(n, d.Then))
			}
		}
	}
	switch {
	case most == 1:
		return w.say("once") + then
	case most == 2:
		return w.say("twice") + then
	case most > 2:
		return w.say("atMost", strconv.Itoa(most)) + then
	case slices.ContainsFunc(p.Edges, func(o plan.Edge) bool { return o.From == e.From && o.On == e.On && o.Guard == e.Guard && o.AtMost > 0 }):
		return w.say("afterwards")
	}
	return ""
}

// decisions are what may be decided at a node.
func decisions(n *plan.Node) []plan.Decision {
	switch {
	case n.Review != nil:
		return n.Review.Decisions
	case n.Invite != nil:
		return n.Invite.Decisions
	}
	return nil
}

// actions are the names of what may be decided at a node.
func actions(n *plan.Node) []string {
	var out []string
	for _, d := range decisions(n) {
		out = append(out, d.Action)
	}
	return out
}

// clockOf is the clock of what waits.
func clockOf(n *plan.Node) *plan.Clock {
	switch n.Kind {
	case plan.Pay:
		return n.Pay.Clock
	case plan.Review:
		return n.Review.Clock
	case plan.Correct:
		return n.Correct.Clock
	case plan.Invite:
		return n.Invite.Clock
	case plan.Appointment:
		return n.Appointment.Clock
	case plan.Wait:
		return n.Wait.Clock
	case plan.Start:
		return n.Start.Clock
	}
	return nil
}

// branch says which of several branches begins, and when it runs.
func (w words) branch(n *plan.Node, b plan.Branch, strict bool) (label string, code bool) {
	title := w.text(w.texts.Branches[n.Step+"/"+b.Key])
	switch {
	case b.When != "" && title == "":
		return short(b.When, 70), true
	case b.When != "" && !strict: // a strict one has the condition beside the name
		return title + ": " + short(b.When, 70), false
	case n.Fork.Each == nil:
		return cmp.Or(title, b.Key), false
	}
	return "", false
}

func (w words) merge(f *plan.ForkNode) string {
	if f.Need == 0 {
		return w.say("all")
	}
	return w.say("some") + " " + strconv.Itoa(f.Need)
}

// rung says when a time limit is over.
func (w words) rung(r plan.Rung) string {
	span := w.span(r.Span)
	switch {
	case r.Date != "" && r.Side == plan.Before:
		return w.say("before", span)
	case r.Date != "" && r.Span.Count == 0:
		return w.say("onDay")
	}
	return w.say("after", span)
}

// arabicUnits are a unit alone, twice, three to ten times, and as it follows a greater number.
var arabicUnits = map[string][4]string{
	"minutes": {"دقيقة", "دقيقتين", "دقائق", "دقيقة"}, "hours": {"ساعة", "ساعتين", "ساعات", "ساعة"}, "days": {"يوم", "يومين", "أيام", "يومًا"},
	"working hours": {"ساعة عمل", "ساعتي عمل", "ساعات عمل", "ساعة عمل"},
	"working days":  {"يوم عمل", "يومي عمل", "أيام عمل", "يوم عمل"}, "weeks": {"أسبوع", "أسبوعين", "أسابيع", "أسبوعًا"},
	"months": {"شهر", "شهرين", "أشهر", "شهرًا"}, "years": {"سنة", "سنتين", "سنوات", "سنة"},
}

func (w words) span(s plan.Span) string {
	if w.Lang != "ar" {
		unit := s.Unit
		if s.Count == 1 {
			unit = strings.TrimSuffix(unit, "s")
		}
		return strconv.Itoa(s.Count) + " " + unit
	}
	u := arabicUnits[s.Unit]
	switch last := s.Count % 100; {
	case s.Count == 1:
		return u[0]
	case s.Count == 2:
		return u[1]
	case last >= 3 && last <= 10:
		return strconv.Itoa(s.Count) + " " + u[2]
	case last > 10:
		return strconv.Itoa(s.Count) + " " + u[3]
	}
	return strconv.Itoa(s.Count) + " " + u[0]
}

// short cuts a text after so many signs.
func short(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
