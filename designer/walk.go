package designer

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// A walk is an application that somebody takes through the service on the page, in imagined time. It is nothing but the list of what was done,
// which the page carries and which is played again at each request: no server keeps it, and no address names it.

// Controls of a walk. Codes of fields have no underscore, so they cannot meet.
const (
	walkControl   = "_walk"  // the moves so far
	goControl     = "_do"    // what is done next
	nodeControl   = "_node"  // at which wait
	visitControl  = "_visit" // and which time
	answerControl = "_answer"
	otherControl  = "_other"
	aboutControl  = "_about"
	dayControl    = "_day"
	asControl     = "_as"
	titleControl  = "_title"
)

// Bounds of a walk.
const (
	mostMoves   = 200
	longestWalk = 64 << 10
)

var (
	errWalk    = errors.New("designer: the walk cannot be read")
	errTooLong = errors.New("designer: the walk is too long")
)

// walking is a walk during one request.
type walking struct {
	*workbench
	way      *servicetest.Walk
	suite    *servicetest.Suite
	moves    []servicetest.Move
	fees     []walkFee
	papers   []walkPaper
	seen     map[string]bool // payments whose lines are shown already
	stopped  string          // why not all moves could be played again
	problem  string          // why what was done last was not taken
	problems []form.Problem  // of the form
	typed    map[string]any  // in place of what stands in the form
	rows     string          // the button beside a row that was pressed
	beside   waitKey         // at which wait the own form was typed
	besides  map[string]any  // what was typed beside a decision, with its problems
	failed   []form.Problem
}

// waitKey names one wait on the page.
type waitKey struct {
	Node  string
	Visit int
}

// isWalk tells whether a request goes on with a walk.
func (b *workbench) isWalk() bool { return b.tab == tryTab && b.r.PostForm.Has(walkControl) }

// walked does what a button of the walk says, and shows where it leads.
func (b *workbench) walked() error {
	moves, err := readMoves(b.r.PostForm.Get(walkControl))
	if err != nil {
		return b.show(http.StatusUnprocessableEntity, []ui.Banner{{Kind: ui.Caution, Title: b.locale.T("designer.walk.refused.title"), Text: b.locale.T("designer.walk.stop.written")}})
	}
	k := &walking{workbench: b, suite: servicetest.New(b.c, b.o.Scripts), moves: moves, seen: map[string]bool{}}
	act, value, _ := strings.Cut(b.r.PostForm.Get(goControl), ":")
	switch act {
	case "begin":
		k.moves = []servicetest.Move{k.beginning()}
	case "follow":
		if i, err := strconv.Atoi(value); err == nil && b.service != nil && i >= 0 && i < len(b.service.Scenarios) {
			k.moves = k.suite.Moves(b.service, &b.service.Scenarios[i])
		}
	case "undo":
		k.moves = k.moves[:max(0, len(k.moves)-1)]
	case "again":
		k.moves = k.moves[:min(1, len(k.moves))]
	}
	if len(k.moves) == 0 {
		return b.show(http.StatusOK, nil)
	}
	if !k.replay() {
		if k.stopped == "" {
			return b.show(http.StatusOK, nil)
		}
		return b.show(http.StatusUnprocessableEntity, []ui.Banner{{Kind: ui.Caution, Title: b.locale.T("designer.walk.refused.title"), Text: k.stopped}})
	}
	status := http.StatusOK
	switch act {
	case "", "begin", "follow", "undo", "again":
		if b.r.PostForm.Has(filling.GoControl) || ui.IsFragment(b.r) {
			k.asTyped()
		}
	case "save":
		if k.stopped == "" {
			done, err := k.save()
			if err != nil || done {
				return err
			}
			status = http.StatusUnprocessableEntity
		}
	default:
		if k.stopped == "" && !k.next(act, value) {
			status = http.StatusUnprocessableEntity
		}
	}
	part := k.part()
	if ui.IsFragment(b.r) {
		p := b.page("", walkQuestions{part.Questions})
		return b.ui.Fragment(b.w, b.r, http.StatusOK, "designer/walk-questions", p)
	}
	b.walking = part
	return b.show(status, nil)
}

// readMoves reads what the page carries.
func readMoves(text string) ([]servicetest.Move, error) {
	if text == "" {
		return nil, nil
	}
	if len(text) > longestWalk {
		return nil, errTooLong
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var moves []servicetest.Move
	if d.Decode(&moves) != nil || len(moves) > mostMoves {
		return nil, errWalk
	}
	return moves, nil
}

// beginning is the first move, as the page says it.
func (k *walking) beginning() servicetest.Move {
	form := k.r.PostForm
	m := servicetest.Move{Do: servicetest.Begins, Day: strings.TrimSpace(form.Get(dayControl)), As: form.Get(asControl)}
	if i, err := strconv.Atoi(form.Get("scenario")); err == nil && k.service != nil && i >= 0 && i < len(k.service.Scenarios) {
		sc := &k.service.Scenarios[i]
		if m.Example = sc.Title.Value; m.Day == "" {
			m.Day = sc.On.Value
		}
	}
	if m.Day == "" {
		m.Day = k.o.Now().In(k.zone()).Format(time.DateOnly)
	}
	return m
}

// replay plays the moves as far as they go; false where the service does not compile.
func (k *walking) replay() bool {
	if k.service == nil || k.unsound() {
		return false
	}
	w, list := k.suite.Walk(k.service)
	if w == nil || list.HasErrors() {
		return false
	}
	k.way = w
	for i, m := range k.moves {
		problems, err := w.Play(m)
		if err == nil && len(problems) > 0 {
			err = errors.New(w.Sheet().Text(problems[0], k.locale.Lang()))
		}
		if err != nil {
			if k.stopped = k.why(err); i > 0 {
				k.stopped = k.locale.T("designer.walk.stopped", "at", i+1, "all", len(k.moves), "why", k.stopped)
			}
			k.moves = k.moves[:i]
			break
		}
		k.look()
	}
	return len(k.moves) > 0
}

// play does one more move; false where it is not taken.
func (k *walking) play(m servicetest.Move) bool {
	if len(k.moves) >= mostMoves {
		k.problem = k.locale.T("designer.walk.long")
		return false
	}
	next := append(slices.Clip(k.moves), m)
	if raw, err := json.Marshal(next); err != nil || len(raw) > longestWalk {
		k.problem = k.locale.T("designer.walk.long")
		return false
	}
	problems, err := k.way.Play(m)
	if err != nil {
		k.problem = k.why(err)
		return false
	}
	if len(problems) > 0 {
		k.problems = problems
		return false
	}
	k.moves, k.typed = next, nil
	k.look()
	return true
}

// why is an error of a move in words.
func (k *walking) why(err error) string {
	var misplaced servicetest.Misplaced
	var refused servicetest.Refused
	switch {
	case errors.As(err, &misplaced):
		return k.locale.T("designer.walk.stop." + string(misplaced))
	case errors.As(err, &refused):
		return k.said("designer.walk.refused."+string(refused), k.locale.T("designer.walk.refused.other", "code", string(refused)))
	}
	return err.Error()
}

// next is what a button says.
func (k *walking) next(act, value string) bool {
	form := k.r.PostForm
	visit, _ := strconv.Atoi(form.Get(visitControl))
	m := servicetest.Move{Node: form.Get(nodeControl), Visit: visit, What: value}
	switch act {
	case "submit", "correct":
		k.asTyped()
		if m.Do = servicetest.Submits; act == "correct" {
			m.Do = servicetest.Corrects
		}
		m.What, m.Form = "", tidied(k.way.Plan().Form.Fields, k.typed)
	case "answer":
		m.Do, m.What = servicetest.Answers, form.Get(answerControl)
		if m.What == "" {
			m.What = form.Get(otherControl)
		}
	case "act":
		m.Do = servicetest.Acts
		return k.decide(m)
	case "give":
		m.Do, m.What = servicetest.Gives, strings.TrimSpace(form.Get(answerControl))
	case "pass":
		m = servicetest.Move{Do: servicetest.Passes}
	case "wait":
		days, err := strconv.Atoi(value)
		if err != nil || days < 1 || days > 366 {
			k.problem = k.why(servicetest.OutOfOrder)
			return false
		}
		m = servicetest.Move{Do: servicetest.Waits, What: k.way.Now().AddDate(0, 0, days).Format("2006-01-02T15:04")}
	case "happen":
		m = servicetest.Move{Do: servicetest.Happens, What: value, About: strings.TrimSpace(form.Get(aboutControl)), With: strings.TrimSpace(form.Get(otherControl))}
	case "withdraw":
		m = servicetest.Move{Do: servicetest.Retires}
	default:
		m.Do = servicetest.Deed(act)
	}
	return k.play(m)
}

// decide takes a decision with what was typed beside it.
func (k *walking) decide(m servicetest.Move) bool {
	waits := k.way.Waits()
	i := slices.IndexFunc(waits, func(w machine.Wait) bool { return w.Node == m.Node && (m.Visit == 0 || w.Visit == m.Visit) })
	if i < 0 {
		k.problem = k.why(servicetest.Gone)
		return false
	}
	own, err := k.way.Own(waits[i])
	if err != nil {
		k.problem = err.Error()
		return false
	}
	if own != nil {
		posted := url.Values{}
		for name, values := range k.r.PostForm {
			if name, is := strings.CutPrefix(name, ownPrefix(i)); is {
				posted[name] = values
			}
		}
		typed := own.Parse(posted)
		with, problems, err := k.way.Beside(own, tidied(own.Fields, typed))
		if err != nil {
			k.problem = err.Error()
			return false
		}
		if len(problems) > 0 {
			k.beside, k.besides, k.failed = waitKey{waits[i].Node, waits[i].Visit}, typed, problems
			k.problem = k.locale.T("designer.walk.beside")
			return false
		}
		m.With = with
	}
	return k.play(m)
}

// ownPrefix stands before the names of the controls beside the decisions of a wait: several may ask the same.
func ownPrefix(i int) string { return "_own" + strconv.Itoa(i) + "." }

// asTyped takes the form as it stands on the page.
func (k *walking) asTyped() {
	posted := maps.Clone(k.r.PostForm)
	k.rows = posted.Get(filling.GoControl)
	verb, name, _ := strings.Cut(k.rows, ":")
	group, row, _ := strings.Cut(name, ".")
	switch at, err := strconv.Atoi(row); {
	case verb == "add":
		k.way.Form().AddRow(posted, group)
	case verb == "remove" && err == nil:
		k.way.Form().RemoveRow(posted, group, at)
	}
	k.typed = k.way.Form().Parse(posted)
}

// tidied is a form as an example writes it: without what was left empty, days in one piece.
func tidied(fields []plan.FormField, typed map[string]any) map[string]any {
	out := map[string]any{}
	for code, v := range typed {
		var field *plan.FormField
		if i := slices.IndexFunc(fields, func(f plan.FormField) bool { return f.Code == code }); i >= 0 {
			field = &fields[i]
		}
		switch v := v.(type) {
		case string:
			if v != "" {
				out[code] = v
			}
		case map[string]any:
			if field != nil && field.Type == string(catalog.DateField) {
				box := func(name string) string { s, _ := v[name].(string); return s }
				if iso, ok := form.ReadDate(box("year"), box("month"), box("day")); ok {
					if iso != "" {
						out[code] = iso
					}
					continue
				}
				out[code] = v
				continue
			}
			var inner []plan.FormField
			if field != nil {
				inner = field.Fields
			}
			if parts := tidied(inner, v); len(parts) > 0 {
				out[code] = parts
			}
		case []any:
			list := []any{}
			for _, item := range v {
				if row, is := item.(map[string]any); is && field != nil {
					item = tidied(field.Fields, row)
				}
				list = append(list, item)
			}
			out[code] = list
		default:
			out[code] = v
		}
	}
	return out
}

// save keeps the walk as an example; false where it is not accepted, which is said.
func (k *walking) save() (done bool, err error) {
	if !k.editable {
		return false, change.ErrForeign
	}
	title := strings.TrimSpace(k.r.PostForm.Get(titleControl))
	do, err := k.retold(title)
	if err == nil {
		_, err = k.o.Changes.Edit(k.ctx, k.person, k.ch.Number, k.file, do)
	}
	switch {
	case err == nil:
		return true, k.redirect(editPath(k.ch.Number, k.file, tryTab) + "&scenario=" + strconv.Itoa(len(k.service.Scenarios)))
	case errors.Is(err, errExample):
		k.problem = k.locale.T("designer.walk.unnamed")
	case errors.As(err, new(differsError)):
		k.problem = k.locale.T("designer.walk.differs", "what", err.Error())
	case errors.As(err, new(servicetest.Misplaced)):
		k.problem = k.why(err)
	default:
		if k.problem = k.refusal(err); k.problem == "" {
			return false, err
		}
	}
	return false, nil
}
