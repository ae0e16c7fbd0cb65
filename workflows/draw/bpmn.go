package draw

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// Sizes of BPMN's shapes, as its tools draw them.
const (
	taskWidth, taskHeight = 160.0, 80.0
	eventSize             = 36.0
	gatewaySize           = 50.0
	nameWidth             = 120.0
	nameHeight            = 42.0
	nameSize              = 11.0
)

// BPMN writes the plan as BPMN 2.0 with its diagram: user tasks for people, service tasks for registries and the platform, gateways, timers
// on the edges of tasks for time limits, and an event sub-process for what may happen at any time. It is a picture of the plan and not
// executable. The same plan and texts always give the same bytes.
func BPMN(p *plan.Plan, t *plan.Texts, o Options) []byte {
	g := newGraph(p, t, o, true)
	g.label(112)
	for i := range g.boxes {
		g.boxes[i].shape(len(g.timersOf(i)))
	}
	g.lay()
	x := &xmlWriter{graph: g}
	x.write()
	return []byte(x.String())
}

// shape gives a box the size of its shape, and room for its name beside it.
func (b *box) shape(timers int) {
	switch b.form {
	case start, end:
		b.w, b.h, b.rightOf = eventSize, nameHeight, nameWidth+8
		if b.whole {
			b.h = 100
		}
	case choice, split, merge:
		b.w, b.h, b.leftOf, b.rightOf = gatewaySize, gatewaySize, nameWidth+8, 70
	default:
		b.w, b.h = taskWidth, max(taskHeight, float64(timers)*timerApart)
	}
}

func (g *graph) timersOf(b int) []int {
	var out []int
	for i, l := range g.links {
		if l.from == b && l.rung != nil {
			out = append(out, i)
		}
	}
	return out
}

type xmlWriter struct {
	strings.Builder
	*graph
}

func (x *xmlWriter) line(format string, args ...any) { fmt.Fprintf(x, format+"\n", args...) }

func (x *xmlWriter) id(b int) string { return "node_" + strconv.Itoa(b) }
func flowID(l int) string            { return "flow_" + strconv.Itoa(l) }
func timerID(l int) string           { return "timer_" + strconv.Itoa(l) }

func (x *xmlWriter) write() {
	name := escape(x.words.text(x.texts.Title))
	x.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	x.line(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="urn:diwan:%s" exporter="Diwan">`, escape(x.plan.Service))
	x.line(`<process id="process" name="%s" isExecutable="false">`, name)
	for b := range x.boxes {
		if !x.inside(b) {
			x.element(b)
		}
	}
	for i := range x.links {
		if x.links[i].rung != nil {
			x.timer(i)
		}
	}
	for i := range x.links {
		if !x.inside(x.links[i].from) {
			x.flow(i)
		}
	}
	for b := range x.boxes {
		if x.boxes[b].whole {
			x.aside(b)
		}
	}
	x.line(`</process>`)
	x.line(`<bpmndi:BPMNDiagram id="diagram" name="%s">`, name)
	x.line(`<bpmndi:BPMNPlane id="plane" bpmnElement="process">`)
	for b := range x.boxes {
		if x.boxes[b].whole {
			x.asideBounds(b)
		}
	}
	for b := range x.boxes {
		x.bounds(b)
	}
	for i := range x.links {
		if x.links[i].rung != nil {
			at := x.timerAt(i)
			x.line(`<bpmndi:BPMNShape id="%s_di" bpmnElement="%s">%s</bpmndi:BPMNShape>`, timerID(i), timerID(i), rectangle(at.x-eventSize/2, at.y-eventSize/2, eventSize, eventSize)+
				"<bpmndi:BPMNLabel>"+x.timerLabel(i)+"</bpmndi:BPMNLabel>")
		}
	}
	for i := range x.links {
		x.waypoints(i)
	}
	x.line(`</bpmndi:BPMNPlane>`)
	x.line(`</bpmndi:BPMNDiagram>`)
	x.line(`</definitions>`)
}

// inside tells whether a box stands in an event sub-process.
func (x *xmlWriter) inside(b int) bool {
	return x.boxes[b].whole || x.boxes[b].form == end && x.boxes[b].beside >= 0 && x.boxes[x.boxes[b].beside].whole
}

// element writes a node of the process.
func (x *xmlWriter) element(b int) {
	name, more, body := x.boxes[b].element(x.plan)
	if name == "exclusiveGateway" {
		for i, l := range x.links { // the way where no condition holds
			if l.from == b && l.guard == "" && x.guarded(b) {
				more += ` default="` + flowID(i) + `"`
				break
			}
		}
	}
	x.line(`<%s id="%s" name="%s"%s>%s</%s>`, name, x.id(b), escape(x.boxes[b].title), more, body, name)
}

func (x *xmlWriter) guarded(b int) bool {
	for _, l := range x.links {
		if l.from == b && l.guard != "" {
			return true
		}
	}
	return false
}

// element is BPMN's name of a box.
func (b *box) element(p *plan.Plan) (name, attributes, body string) {
	switch b.form {
	case start:
		return "startEvent", "", b.startedBy()
	case end:
		for i := range p.Nodes {
			if p.Nodes[i].Kind == plan.Fork && !(b.node == nil) {
				return "endEvent", "", `<terminateEventDefinition id="terminate_` + strconv.Itoa(b.number) + `"/>` // it ends the branches too
			}
		}
		return "endEvent", "", ""
	case choice:
		return "exclusiveGateway", "", ""
	case split:
		for _, branch := range b.node.Fork.Branches {
			if branch.When != "" {
				return "inclusiveGateway", "", ""
			}
		}
		return "parallelGateway", "", ""
	case merge:
		if b.node.Fork.Need > 0 {
			return "complexGateway", "", ""
		}
		for _, branch := range b.node.Fork.Branches {
			if branch.When != "" {
				return "inclusiveGateway", "", ""
			}
		}
		return "parallelGateway", "", ""
	}
	switch b.node.Kind {
	case plan.Review, plan.Correct, plan.Pay, plan.Invite, plan.Appointment:
		return "userTask", "", ""
	case plan.Notify:
		return "sendTask", "", ""
	case plan.Wait:
		return "receiveTask", "", ""
	case plan.Compute:
		return "scriptTask", "", ""
	case plan.Start:
		return "callActivity", "", ""
	}
	return "serviceTask", "", ""
}

// startedBy is BPMN's definition of what starts the process: a message for an event, a timer for a day; nothing for people.
func (b *box) startedBy() string {
	id := strconv.Itoa(b.number)
	switch {
	case b.by == nil:
		return ""
	case b.by.Event != "":
		return `<messageEventDefinition id="started_` + id + `"/>`
	case b.by.Right != "":
		return `<timerEventDefinition id="started_` + id + `"><timeDate xsi:type="tFormalExpression">` + escape(b.by.On) + `</timeDate></timerEventDefinition>`
	}
	return ""
}

// timer writes a time limit on the edge of its task.
func (x *xmlWriter) timer(i int) {
	l := &x.links[i]
	cancel := ""
	if l.keeps {
		cancel = ` cancelActivity="false"`
	}
	x.line(`<boundaryEvent id="%s" name="%s" attachedToRef="%s"%s><timerEventDefinition id="%s_definition">%s</timerEventDefinition></boundaryEvent>`,
		timerID(i), escape(l.label), x.id(l.from), cancel, timerID(i), duration(l.rung))
}

// duration is a time limit as ISO 8601 has it. Working days are told in the name of the timer: the standard knows none.
func duration(r *plan.Rung) string {
	if r.Date != "" {
		return `<timeDate xsi:type="tFormalExpression">` + escape(r.Date) + `</timeDate>`
	}
	n := strconv.Itoa(r.Span.Count)
	iso := map[string]string{"minutes": "PT" + n + "M", "hours": "PT" + n + "H", "weeks": "P" + n + "W", "months": "P" + n + "M", "years": "P" + n + "Y"}[r.Span.Unit]
	if iso == "" {
		iso = "P" + n + "D"
	}
	return `<timeDuration xsi:type="tFormalExpression">` + iso + `</timeDuration>`
}

func (x *xmlWriter) flow(i int) {
	l := &x.links[i]
	from, name := x.id(l.from), l.label
	if l.rung != nil {
		from, name = timerID(i), ""
	}
	if name != "" {
		name = ` name="` + escape(name) + `"`
	}
	if l.guard != "" {
		x.line(`<sequenceFlow id="%s"%s sourceRef="%s" targetRef="%s"><conditionExpression xsi:type="tFormalExpression">%s</conditionExpression></sequenceFlow>`,
			flowID(i), name, from, x.id(l.to), escape(l.guard))
		return
	}
	x.line(`<sequenceFlow id="%s"%s sourceRef="%s" targetRef="%s"/>`, flowID(i), name, from, x.id(l.to))
}

// aside writes what may happen at any time as an event sub-process: it ends what runs.
func (x *xmlWriter) aside(b int) {
	x.line(`<subProcess id="aside_%d" name="%s" triggeredByEvent="true">`, b, escape(x.boxes[b].title))
	event := fmt.Sprintf(`<messageEventDefinition id="message_%d"/>`, b)
	if c := x.boxes[b].clock; c != nil {
		event = fmt.Sprintf(`<timerEventDefinition id="deadline_%d">%s</timerEventDefinition>`, b, duration(c))
	}
	x.line(`<startEvent id="%s">%s</startEvent>`, x.id(b), event)
	for _, e := range x.boxes[b].side {
		x.line(`<endEvent id="%s" name="%s"/>`, x.id(e), escape(x.boxes[e].title))
	}
	for i, l := range x.links {
		if l.from == b {
			x.flow(i)
		}
	}
	x.line(`</subProcess>`)
}

func (x *xmlWriter) asideBounds(b int) {
	s := &x.boxes[b]
	left, right := s.x-s.w/2-20, s.x+s.w/2+nameWidth+20
	for _, e := range s.side {
		right = max(right, x.boxes[e].x+x.boxes[e].w/2+nameWidth+20)
	}
	right = max(right, left+width(s.title, nameSize)*1.2+40)
	x.line(`<bpmndi:BPMNShape id="aside_%d_di" bpmnElement="aside_%d" isExpanded="true">%s</bpmndi:BPMNShape>`, b, b, rectangle(left, s.y-48, right-left, 84))
}

// bounds writes the place of a box, and that of its name where it stands beside the shape.
func (x *xmlWriter) bounds(b int) {
	s := &x.boxes[b]
	w, h, label, more := s.w, s.h, "", ""
	switch s.form {
	case start, end:
		h = eventSize
		if !s.whole { // its name is that of the sub-process
			label = x.nameBounds(s.title, s.x+w/2+6, s.y, 1)
		}
	case choice, split, merge:
		label = x.nameBounds(s.title, s.x-w/2+6, s.y-30, -1)
		if s.form == choice {
			more = ` isMarkerVisible="true"`
		}
	}
	if label != "" && s.title != "" {
		label = "<bpmndi:BPMNLabel>" + label + "</bpmndi:BPMNLabel>"
	} else {
		label = ""
	}
	x.line(`<bpmndi:BPMNShape id="%s_di" bpmnElement="%s"%s>%s%s</bpmndi:BPMNShape>`, x.id(b), x.id(b), more, rectangle(s.x-w/2, s.y-h/2, w, h), label)
}

// nameBounds is the room of a name to the right (1) or left (-1) of x; tools write it in the middle of that.
func (x *xmlWriter) nameBounds(name string, at, y, side float64) string {
	lines := wrap(name, nameWidth, 3, func(s string) float64 { return width(s, nameSize) })
	wide := 0.0
	for _, l := range lines {
		wide = max(wide, width(l, nameSize)+6)
	}
	high := float64(len(lines)) * labelLine
	if side < 0 {
		at -= wide
	}
	return rectangle(at, y-high/2, wide, high)
}

// timerAt is where a time limit leaves its task.
func (x *xmlWriter) timerAt(i int) point { return x.links[i].points[0] }

// timerLabel is the room of its words: over the way to an end beside the task, or beside a way that goes down.
func (x *xmlWriter) timerLabel(i int) string {
	l, at := &x.links[i], x.timerAt(i)
	wide, high := x.labelWidth(l)+4, float64(max(1, len(l.lines)))*labelLine
	if len(l.points) > 1 && l.points[1].x > at.x {
		return rectangle(at.x+eventSize/2+4, at.y-high-2, wide, high)
	}
	return rectangle(at.x+eventSize/2+4, at.y+6, wide, high)
}

func (x *xmlWriter) waypoints(i int) {
	l := &x.links[i]
	points := append([]point{}, l.points...)
	if l.rung != nil && len(points) > 1 { // it begins at the rim of the timer
		switch {
		case points[1].x > points[0].x:
			points[0].x += eventSize / 2
		case points[1].x < points[0].x:
			points[0].x -= eventSize / 2
		default:
			points[0].y += eventSize / 2
		}
	}
	if x.boxes[l.to].form == end && len(points) > 1 { // an end's circle is lower than the room that its name takes
		if n := len(points) - 1; points[n].x == points[n-1].x {
			points[n].y += (x.boxes[l.to].h - eventSize) / 2
		}
	}
	if from := &x.boxes[l.from]; from.form == start && points[0].y > from.y {
		points[0].y = from.y + eventSize/2
	}
	var b strings.Builder
	for _, p := range points {
		fmt.Fprintf(&b, `<di:waypoint x="%s" y="%s"/>`, number(p.x), number(p.y))
	}
	label := ""
	if l.label != "" && l.rung == nil {
		wide := x.labelWidth(l)
		left := l.at.x
		if l.anchor == 0 {
			left -= wide / 2
		}
		label = "<bpmndi:BPMNLabel>" + rectangle(left, l.at.y-labelSize, wide, float64(max(1, len(l.lines)))*labelLine) + "</bpmndi:BPMNLabel>"
	}
	x.line(`<bpmndi:BPMNEdge id="%s_di" bpmnElement="%s">%s%s</bpmndi:BPMNEdge>`, flowID(i), flowID(i), b.String(), label)
}

func rectangle(x, y, w, h float64) string {
	return fmt.Sprintf(`<dc:Bounds x="%s" y="%s" width="%s" height="%s"/>`, number(x), number(y), number(w), number(h))
}
