package draw_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/draw"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// drawn is a plan with its texts.
type drawn struct {
	name  string
	plan  *plan.Plan
	texts *plan.Texts
}

// examples are every service of the samples and a service with branches, a return to an earlier step, a choice and a loop.
func examples(t *testing.T) []drawn {
	t.Helper()
	c, list := catalog.Load(os.DirFS("../../samples/palestine"))
	if list.HasErrors() {
		t.Fatal(list)
	}
	var out []drawn
	for _, s := range c.Services {
		p, texts, list := compile.Compile(c, s)
		if p == nil {
			t.Fatal(list)
		}
		out = append(out, drawn{s.Code.Value, p, texts})
	}
	return append(out, branches())
}

// branches is a plan by hand: a choice among three, two parallel branches of which one has steps of its own, and a decision that leads back.
func branches() drawn {
	words := func(ar, en string) plan.Text { return plan.Text{"ar": ar, "en": en} }
	review := func(key, role string) plan.Node {
		return plan.Node{Key: key, Step: key, Kind: plan.Review, Review: &plan.ReviewNode{Role: role, Decisions: []plan.Decision{{Action: "approve"}, {Action: "refuse"}},
			Clock: &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 2, Unit: "working days"}, Then: plan.Escalate}, {Span: plan.Span{Count: 20, Unit: "days"}, Then: "refuse"}}}}}
	}
	p := &plan.Plan{Format: plan.Format, Service: "building.permit", Withdraw: 16, Nodes: []plan.Node{
		0: {Key: "size", Step: "size", Kind: plan.Gate},
		1: {Key: "small", Step: "small", Kind: plan.Notify, Notify: &plan.NotifyNode{Whom: "applicant"}},
		2: review("middle", "engineer"), 3: review("large", "council"),
		4: {Key: "opinions", Step: "opinions", Kind: plan.Fork, Fork: &plan.ForkNode{Branches: []plan.Branch{{Key: "health", Entry: 5}, {Key: "fire", Entry: 6}, {Key: "roads", Entry: 8, When: "form.onMainRoad"}}}},
		5: review("health", "physician"), 6: {Key: "visit", Step: "visit", Kind: plan.Appointment, Appointment: &plan.AppointmentNode{Role: "fireman"}}, 7: review("fire", "fireman"), 8: review("roads", "engineer"),
		9:  {Key: "opinions/for", Step: "opinions", Kind: plan.Join, Join: &plan.JoinNode{}},
		10: {Key: "opinions/against", Step: "opinions", Kind: plan.Join, Join: &plan.JoinNode{Against: true}},
		11: {Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"permit"}, Clock: &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 14, Unit: "days"}, Then: "lapse"}}}}},
		12: review("final", "mayor"),
		13: {Key: "paper", Step: "paper", Kind: plan.Issue, Issue: &plan.IssueNode{Document: "permit"}},
		14: {Key: "end/issued", Kind: plan.End, End: &plan.EndNode{Outcome: "issued"}},
		15: {Key: "end/refused", Kind: plan.End, End: &plan.EndNode{Outcome: "refused"}},
		16: {Key: "end/withdrawn", Kind: plan.End, End: &plan.EndNode{Outcome: "withdrawn"}},
		17: {Key: "pay/lapse", Step: "pay", Kind: plan.End, End: &plan.EndNode{Outcome: "lapsed"}},
		18: {Key: "final/sendBack", Step: "final", Kind: plan.Correct, Correct: &plan.CorrectNode{}},
	}}
	edge := func(from, to int, on, guard string) {
		p.Edges = append(p.Edges, plan.Edge{From: from, To: to, On: on, Guard: guard})
	}
	edge(0, 1, "", "form.area <= 100")
	edge(0, 2, "", "form.area <= 1000")
	edge(0, 3, "", "")
	edge(1, 4, "notified", "")
	for _, n := range []int{2, 3} {
		edge(n, 4, "approve", "")
		edge(n, 15, "refuse", "")
	}
	edge(6, 7, "attended", "")
	edge(6, 10, "missed", "")
	for _, n := range []int{5, 7, 8} {
		edge(n, 9, "approve", "")
		edge(n, 10, "refuse", "")
	}
	edge(4, 11, "done", "")
	edge(4, 15, "otherwise", "")
	edge(11, 12, "paid", "")
	edge(11, 17, "lapse", "")
	edge(12, 13, "approve", "")
	edge(12, 15, "refuse", "")
	edge(12, 18, "sendBack", "")
	edge(18, 12, "submit", "")
	p.Edges = append(p.Edges, plan.Edge{From: 12, To: 4, On: "again", AtMost: 2, Back: true, Invalidates: []string{"health"}})
	edge(13, 14, "issued", "")
	return drawn{"building.permit", p, &plan.Texts{Service: p.Service, Languages: []string{"ar", "en"}, Title: words("رخصة بناء", "Building permit"),
		Fees: map[string]plan.Text{"permit": words("رسم الرخصة", "Permit fee")}, Documents: map[string]plan.DocumentText{"permit": {Title: words("رخصة بناء", "Building permit")}},
		Decisions: map[string]plan.Text{"final/again": words("إعادة أخذ الآراء", "ask for the opinions again")},
		Steps: map[string]plan.Text{"size": words("مساحة البناء", "Size of the building"), "small": words("إشعار بالموافقة المبدئية", "Notice of approval in principle"),
			"middle": words("تدقيق المهندس", "Check by the engineer"), "large": words("قرار المجلس", "Decision of the council"), "opinions": words("آراء الجهات", "Opinions of the authorities"),
			"health": words("رأي الصحة", "Opinion on health"), "visit": words("زيارة الموقع", "Visit to the site"), "fire": words("رأي الدفاع المدني", "Opinion of civil defence"),
			"roads": words("رأي الطرق", "Opinion on roads"), "pay": words("دفع الرسم", "Payment of the fee"), "final": words("القرار النهائي", "Final decision"), "paper": words("إصدار الرخصة", "Issue of the permit")}}}
}

// element is one element of a picture with its attributes and what stands in it.
type element struct {
	name     string
	attr     map[string]string
	text     string
	children []*element
}

func parse(t *testing.T, b []byte) *element {
	t.Helper()
	root := &element{}
	open := []*element{root}
	r := xml.NewDecoder(bytes.NewReader(b))
	for {
		token, err := r.Token()
		if errors.Is(err, io.EOF) {
			return root.children[len(root.children)-1]
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			e := &element{name: x.Name.Local, attr: map[string]string{}}
			for _, a := range x.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			open[len(open)-1].children = append(open[len(open)-1].children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			open[len(open)-1].text += string(x)
		}
	}
}

// all are the elements below with a name.
func (e *element) all(names ...string) []*element {
	var out []*element
	for _, c := range e.children {
		if slices.Contains(names, c.name) {
			out = append(out, c)
		}
		out = append(out, c.all(names...)...)
	}
	return out
}

func (e *element) number(t *testing.T, name string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(e.attr[name], 64)
	if err != nil {
		t.Fatalf("%s of %s: %v", name, e.name, err)
	}
	return f
}

type rectangle struct{ x, y, w, h float64 }

func (a rectangle) overlaps(b rectangle) bool {
	return a.x < b.x+b.w-1 && b.x < a.x+a.w-1 && a.y < b.y+b.h-1 && b.y < a.y+a.h-1
}

func (a rectangle) holds(b rectangle) bool {
	return a.x <= b.x && a.y <= b.y && a.x+a.w >= b.x+b.w && a.y+a.h >= b.y+b.h
}

// each draws every example in both languages.
func each(t *testing.T, do func(t *testing.T, d drawn, lang string)) {
	for _, d := range examples(t) {
		for _, lang := range []string{"ar", "en"} {
			t.Run(d.name+" "+lang, func(t *testing.T) { do(t, d, lang) })
		}
	}
}

func TestThePictureHasEveryStepAndNoBoxOverAnother(t *testing.T) {
	each(t, func(t *testing.T, d drawn, lang string) {
		b := draw.SVG(d.plan, d.texts, draw.Options{Lang: lang})
		if again := draw.SVG(d.plan, d.texts, draw.Options{Lang: lang}); !bytes.Equal(b, again) {
			t.Fatal("the second picture is another")
		}
		root := parse(t, b)
		picture := rectangle{0, 0, root.number(t, "width"), root.number(t, "height")}
		keys := map[string]bool{}
		var boxes []rectangle
		for _, g := range root.all("g") {
			if g.attr["kind"] == "" && g.attr["data-kind"] == "" {
				continue
			}
			keys[g.attr["data-key"]] = true
			for _, shape := range g.all("rect") {
				boxes = append(boxes, rectangle{shape.number(t, "x"), shape.number(t, "y"), shape.number(t, "width"), shape.number(t, "height")})
			}
		}
		for i, a := range boxes {
			if !picture.holds(a) {
				t.Errorf("%v is outside of %v", a, picture)
			}
			for _, b := range boxes[:i] {
				if a.overlaps(b) {
					t.Errorf("%v and %v", a, b)
				}
			}
		}
		for _, n := range d.plan.Nodes {
			if n.Kind != plan.Join && !keys[n.Key] {
				t.Errorf("%s is not drawn", n.Key)
			}
		}
		direction := map[string]string{"ar": "rtl", "en": "ltr"}[lang]
		if root.attr["direction"] != direction || len(root.all("title")) != 1 || len(root.all("desc")) != 1 || len(root.all("script", "style", "image")) > 0 {
			t.Errorf("%v", root.attr)
		}
	})
}

// bpmn are the elements of BPMN 2.0 that a process may hold here.
var bpmn = []string{"startEvent", "endEvent", "boundaryEvent", "userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "callActivity",
	"exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "sequenceFlow", "subProcess"}

func TestTheBPMNIsWhole(t *testing.T) {
	each(t, func(t *testing.T, d drawn, lang string) {
		root := parse(t, draw.BPMN(d.plan, d.texts, draw.Options{Lang: lang}))
		ids := map[string]*element{}
		var collect func(e *element)
		collect = func(e *element) {
			if id := e.attr["id"]; id != "" {
				if ids[id] != nil {
					t.Errorf("%s is there twice", id)
				}
				ids[id] = e
			}
			for _, c := range e.children {
				collect(c)
			}
		}
		collect(root)
		process := root.all("process")[0]
		var elements func(e *element) []*element
		elements = func(e *element) []*element {
			var out []*element
			for _, c := range e.children {
				if c.name == "subProcess" {
					out = append(out, elements(c)...)
				} else if !slices.Contains(bpmn, c.name) {
					t.Errorf("there is a %s in the process", c.name)
				}
				out = append(out, c)
			}
			return out
		}
		leads, comes := map[string]int{}, map[string]int{}
		for _, e := range elements(process) {
			if e.name == "sequenceFlow" {
				if ids[e.attr["sourceRef"]] == nil || ids[e.attr["targetRef"]] == nil {
					t.Errorf("%v leads nowhere", e.attr)
				}
				leads[e.attr["sourceRef"]]++
				comes[e.attr["targetRef"]]++
			}
		}
		shapes, edges := map[string]rectangle{}, map[string]bool{}
		for _, s := range root.all("BPMNShape") {
			b := s.children[0]
			shapes[s.attr["bpmnElement"]] = rectangle{b.number(t, "x"), b.number(t, "y"), b.number(t, "width"), b.number(t, "height")}
		}
		for _, e := range root.all("BPMNEdge") {
			edges[e.attr["bpmnElement"]] = true
			if len(e.all("waypoint")) < 2 {
				t.Errorf("%v has no way", e.attr)
			}
		}
		timers := 0
		for _, e := range elements(process) {
			id := e.attr["id"]
			switch {
			case e.name == "sequenceFlow":
				if !edges[id] {
					t.Errorf("%s is not drawn", id)
				}
				continue
			case shapes[id].w == 0:
				t.Errorf("%s has no place", id)
			case e.name == "boundaryEvent":
				timers++
				if !shapes[e.attr["attachedToRef"]].overlaps(shapes[id]) {
					t.Errorf("%s does not stand on its task", id)
				}
			case strings.HasSuffix(e.name, "Task") && leads[id] > 1:
				t.Errorf("the task %s takes %d ways at once", id, leads[id])
			}
			if e.name != "endEvent" && e.name != "subProcess" && leads[id] == 0 || e.name != "startEvent" && e.name != "boundaryEvent" && e.name != "subProcess" && comes[id] == 0 {
				t.Errorf("the %s %s hangs in the air", e.name, id)
			}
		}
		for a, x := range shapes {
			for b, y := range shapes {
				if a < b && ids[a].name != "boundaryEvent" && ids[b].name != "boundaryEvent" && x.overlaps(y) && !x.holds(y) && !y.holds(x) ||
					a < b && ids[a].name == "boundaryEvent" && ids[b].name == "boundaryEvent" && x.overlaps(y) {
					t.Errorf("%s %v and %s %v", a, x, b, y)
				}
			}
		}
		limits := 0
		for _, n := range d.plan.Nodes {
			for _, c := range []*plan.Clock{clockOf(n)} {
				if c != nil {
					limits += len(c.Rungs)
				}
			}
		}
		if timers != limits {
			t.Errorf("%d time limits, %d timers", limits, timers)
		}
	})
}

func clockOf(n plan.Node) *plan.Clock {
	switch {
	case n.Pay != nil:
		return n.Pay.Clock
	case n.Review != nil:
		return n.Review.Clock
	case n.Correct != nil:
		return n.Correct.Clock
	case n.Invite != nil:
		return n.Invite.Clock
	}
	return nil
}

func TestTheBranchesRunInParallelAndMeet(t *testing.T) {
	d := branches()
	root := parse(t, draw.BPMN(d.plan, d.texts, draw.Options{Lang: "en"}))
	if n := len(root.all("inclusiveGateway")); n != 2 {
		t.Errorf("%d gateways split and join", n)
	}
	if len(root.all("terminateEventDefinition")) == 0 {
		t.Error("an end inside a branch leaves the others running")
	}
}

// What starts a service is drawn as BPMN has it: a message for an event, a timer for a day of a right, and nothing more for people.
func TestWhatStartsAServiceIsDrawn(t *testing.T) {
	d := branches()
	d.plan.Triggers = []plan.Trigger{
		{By: "applicant"}, {By: "clerk"}, {Event: "civil.birth-recorded", When: `event.sex == "female"`, Within: &plan.Span{Count: 30, Unit: "days"}},
		{Right: "permit", On: "addDays(right.validUntil, -60)"},
	}
	d.texts.Triggers = map[string]plan.Text{"civil.birth-recorded": {"en": "A birth was recorded", "ar": "تسجيل ولادة"}}
	bpmn := string(draw.BPMN(d.plan, d.texts, draw.Options{Lang: "en"}))
	for _, want := range []string{
		`name="Application submitted"></startEvent>`, `name="At the counter: clerk"></startEvent>`, `name="Event: A birth was recorded"><messageEventDefinition`,
		`name="A day of the right: permit"><timerEventDefinition`, `>addDays(right.validUntil, -60)</timeDate>`,
	} {
		if strings.Count(bpmn, want) != 1 {
			t.Errorf("%d times %s", strings.Count(bpmn, want), want)
		}
	}
	svg := string(draw.SVG(d.plan, d.texts, draw.Options{Lang: "ar"}))
	for _, want := range []string{"حدث:", "عند نافذة", "دون موافقة"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture does not say %s", want)
		}
	}
}

// said is all that is written in a picture, whatever line it stands in.
func said(svg []byte) string {
	var b strings.Builder
	for _, part := range strings.Split(string(svg), "</text>") {
		b.WriteString(part[strings.LastIndexByte(part, '>')+1:] + " ")
	}
	return b.String()
}

// A branch is called by its title, with the condition under which it runs; BPMN has the condition beside the name.
func TestABranchIsCalledByItsTitle(t *testing.T) {
	d := branches()
	d.texts.Branches = map[string]plan.Text{"opinions/fire": {"en": "Civil defence", "ar": "الدفاع المدني"}, "opinions/roads": {"en": "Main road", "ar": "الشارع الرئيسي"}}
	english := said(draw.SVG(d.plan, d.texts, draw.Options{Lang: "en"}))
	for _, test := range []struct{ got, want string }{
		{english, " Civil defence "},
		{said(draw.SVG(d.plan, d.texts, draw.Options{Lang: "ar"})), " الدفاع المدني "},
		{english, "Main road: form.onMainRoad"},
		{english, " health "}, // it has no title
		{string(draw.BPMN(d.plan, d.texts, draw.Options{Lang: "en"})), ` name="Main road" `},
		{string(draw.BPMN(d.plan, d.texts, draw.Options{Lang: "en"})), `>form.onMainRoad</conditionExpression>`},
	} {
		if !strings.Contains(test.got, test.want) {
			t.Errorf("nothing says %s", test.want)
		}
	}
}

// What may be done so often only is drawn with what stands after the last time: another decision, or another way.
func TestWhatFollowsTheLastTimeIsDrawn(t *testing.T) {
	d := branches()
	for i := range d.plan.Nodes {
		if n := &d.plan.Nodes[i]; n.Key == "final" {
			n.Review.Decisions = append(n.Review.Decisions, plan.Decision{Action: "sendBack", AtMost: 2, Then: "refuse"})
		}
	}
	const want = "send back, at most twice, then refuse"
	bpmn := string(draw.BPMN(d.plan, d.texts, draw.Options{Lang: "en"}))
	if !strings.Contains(bpmn, `name="`+want+`"`) || !strings.Contains(said(draw.SVG(d.plan, d.texts, draw.Options{Lang: "en"})), want) {
		t.Error("nothing says which decision stands after the last return")
	}

	p := &plan.Plan{Format: plan.Format, Service: "loop", Withdraw: -1, Nodes: []plan.Node{
		0: {Key: "more", Step: "more", Kind: plan.Gate},
		1: {Key: "visit", Step: "visit", Kind: plan.Notify, Notify: &plan.NotifyNode{Whom: "applicant"}},
		2: {Key: "end/refused", Kind: plan.End, End: &plan.EndNode{Outcome: "refused"}},
		3: {Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}},
	}, Edges: []plan.Edge{{From: 0, To: 1, Guard: "form.more", AtMost: 3}, {From: 0, To: 2, Guard: "form.more"}, {From: 0, To: 3}, {From: 1, To: 0, On: "notified"}}}
	texts := &plan.Texts{Service: "loop", Languages: []string{"en"}, Steps: map[string]plan.Text{"more": {"en": "Another visit?"}, "visit": {"en": "Visit"}}}
	bpmn = string(draw.BPMN(p, texts, draw.Options{Lang: "en"}))
	for _, want := range []string{`name="yes, at most 3 times"`, `name="yes, after the last time"`, `name="no"`} {
		if strings.Count(bpmn, want) != 1 {
			t.Errorf("%d times %s", strings.Count(bpmn, want), want)
		}
	}
}

// The way of an application goes over conditions and the meeting of branches that no timeline notes, and over nothing that it has not come to.
func TestTheWayThatAnApplicationHasTakenIsShown(t *testing.T) {
	d := branches()
	lines := func(moves ...draw.Move) int {
		t.Helper()
		taken := &draw.Taken{Visits: map[string]int{"middle": 2, "opinions": 1}, Now: []string{"health"}, Moves: moves}
		svg := draw.SVG(d.plan, d.texts, draw.Options{Lang: "en", Taken: taken})
		if !bytes.Contains(svg, []byte(">now<")) || !bytes.Contains(svg, []byte(">×2<")) {
			t.Error("where it is, or how often it was there, is not said")
		}
		if err := xml.Unmarshal(svg, new(struct{})); err != nil {
			t.Error(err)
		}
		return bytes.Count(svg, []byte(`data-taken="yes"`))
	}
	for _, x := range []struct {
		what  string
		moves []draw.Move
		want  int
	}{
		{"nothing", nil, 0},
		{"over the condition", []draw.Move{{To: "middle"}}, 2},
		{"the same way twice", []draw.Move{{To: "middle"}, {To: "middle"}}, 2},
		{"into the branches", []draw.Move{{From: "middle", On: "approve", To: "opinions"}, {From: "opinions", To: "health"}, {From: "opinions", To: "visit"}}, 3},
		{"a branch that has ended", []draw.Move{{From: "health", On: "approve"}}, 1},
		{"where nothing leads", []draw.Move{{From: "pay", On: "paid", To: "middle"}}, 0},
		{"by another outcome", []draw.Move{{From: "middle", On: "refuse", To: "opinions"}}, 0},
	} {
		if got := lines(x.moves...); got != x.want {
			t.Errorf("%s: %d lines, want %d", x.what, got, x.want)
		}
	}
	if bytes.Contains(draw.SVG(d.plan, d.texts, draw.Options{Lang: "en"}), []byte("data-taken")) {
		t.Error("a plan alone shows a way")
	}
}

func TestWhatBecameOfNodesIsSaidInAWordToo(t *testing.T) {
	b := branches()
	svg := string(draw.SVG(b.plan, b.texts, draw.Options{Lang: "en", ID: "after-", Marks: map[string]draw.Mark{
		"middle": draw.Added, "large": draw.Removed, "pay": draw.Moved, "size": draw.Changed, "small": "unheard-of",
	}}))
	for key, word := range map[string]string{"middle": "+ added", "large": "− removed", "pay": "↕ moved", "size": "≠ changed"} {
		_, rest, found := strings.Cut(svg, `data-key="`+key+`" data-mark="`)
		shown, _, _ := strings.Cut(rest, "</g>")
		if !found || !strings.Contains(shown, ">"+word+"<") {
			t.Errorf("%s does not say %q: %s", key, word, shown)
		}
	}
	if n := strings.Count(svg, "data-mark="); n != 4 {
		t.Errorf("%d boxes are marked", n)
	}
	if strings.Contains(svg, `id="title"`) || !strings.Contains(svg, `aria-labelledby="after-title after-desc"`) || !strings.Contains(svg, `id="after-to"`) || strings.Contains(svg, "url(#to)") {
		t.Error("two pictures on a page would have the same ids")
	}
}
