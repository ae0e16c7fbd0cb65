package review

import (
	"html/template"
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// service is one service before and after.
type service struct {
	Code, Title, ID string
	New, Gone       bool
	Move            string // where its open applications are moved, once the change is live
	Shared          bool   // it has not changed itself, and uses what has
	Form            *forms
	Pictures        []picture
	PicturesSame    bool
	Fees            *ui.Table
	FeesSame        bool
	Scenarios       *ui.Table
	Reached         string   // how much of the definition the scenarios reach
	Unreached       []string // what they do not
}

// mostServices is how many services are shown before and after; a tariff of a ministry would show hundreds.
const mostServices = 6

// compares is what services are compared with: scenarios run on both sides.
type compares struct {
	*visit
	s        *subject
	old, new *servicetest.Suite
}

// services are those that changed and, as far as there is room, those that use what changed; more are the codes of the others.
func (v *visit) services(s *subject) (out []service, more []string) {
	c := &compares{v, s, servicetest.New(s.was, v.o.Scripts), servicetest.New(s.is, v.o.Scripts)}
	var touched, shared []string
	for _, d := range s.difference {
		if d.Definition.Kind == "service" && !slices.Contains(touched, d.Definition.Code) {
			touched = append(touched, d.Definition.Code)
		}
		shared = append(shared, d.Affects...)
	}
	slices.Sort(shared)
	shared = slices.DeleteFunc(slices.Compact(shared), func(code string) bool { return slices.Contains(touched, code) })
	codes := append(touched, shared...)
	if wanted := v.r.FormValue("service"); slices.Contains(codes, wanted) { // first, so that it is among those that are shown
		codes = append([]string{wanted}, slices.DeleteFunc(codes, func(code string) bool { return code == wanted })...)
	}
	for i, code := range codes {
		if i >= mostServices {
			more = append(more, code)
			continue
		}
		out = append(out, c.service(code, i, slices.Contains(shared, code)))
	}
	return out, more
}

func (c *compares) service(code string, i int, shared bool) service {
	was, is := c.s.was.Service(code), c.s.is.Service(code)
	if was == nil { // under another code before
		was = c.renamed(code)
	}
	out := service{Code: code, ID: "service-" + strconv.Itoa(i+1), New: was == nil, Gone: is == nil, Shared: shared}
	shown := is
	if is == nil {
		shown = was
	}
	if shown == nil { // what cannot be read has no page
		out.Title = code
		return out
	}
	out.Title = c.pick(shown.Title)
	if is != nil && was != nil && c.s.change.Status == change.Approved && !c.s.words().LiveFrom.After(c.o.Now()) {
		out.Move = movePath(code)
	}
	var d compare.Difference
	for _, one := range c.s.difference {
		if one.Definition.Kind == "service" && one.Definition.Code == code {
			d = append(d, one)
		}
	}
	out.Form = c.forms(was, is, d, out.ID)
	out.Pictures, out.PicturesSame = c.pictures(was, is, d, out.ID)
	if is != nil {
		out.Fees, out.FeesSame = c.fees(was, is)
		out.Scenarios, out.Reached, out.Unreached = c.scenarios(was, is, d)
	}
	return out
}

// renamed is the service of which another code is now that of another.
func (c *compares) renamed(code string) *catalog.Service {
	for _, d := range c.s.difference {
		if d.Kind == "service-renamed" && d.Definition.Code == code {
			return c.s.was.Service(d.Args()["old"])
		}
	}
	return nil
}

// html renders a component in a language.
func (v *visit) html(lang string, all ...ui.Component) (out template.HTML, err error) {
	for _, one := range all {
		part, err := v.ui.HTML(lang, one)
		if err != nil {
			return "", err
		}
		out += part
	}
	return out, nil
}
