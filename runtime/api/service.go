package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Service is one line of the catalogue.
type Service struct {
	Code      string    `json:"code" example:"transport.driving-licence.renew"`
	Title     plan.Text `json:"title"`
	Summary   plan.Text `json:"summary"`
	Authority string    `json:"authority" doc:"Code of the competent authority"`
	Type      string    `json:"type" example:"licence.renew"`
	Promised  string    `json:"promised" example:"3 working days"`
	Sample    bool      `json:"sample,omitempty" doc:"Sample data, not an official service"`
}

// ServiceDetail is what somebody who wants to apply needs to know. Schema is what a form must satisfy when it has come through
// normalisation; what depends on conditions, rules and scripts is decided when it is sent.
type ServiceDetail struct {
	Service
	LegalBasis plan.Text `json:"legalBasis,omitempty"`
	Closed     plan.Text `json:"closed,omitempty" doc:"The service is withdrawn and takes no new applications: what people read in their place"`
	Fields     []Field   `json:"fields"`
	Steps      []Step    `json:"steps"`
	Fees       []Fee     `json:"fees"`
	Schema     any       `json:"schema" doc:"JSON Schema of the form"`
}

// Field is one field of a form.
type Field struct {
	Code        string    `json:"code"`
	Section     string    `json:"section"`
	Type        string    `json:"type" doc:"The language's field type; file takes the id of an upload"`
	Label       plan.Text `json:"label"`
	Hint        plan.Text `json:"hint,omitempty"`
	Optional    bool      `json:"optional,omitempty"`
	Conditional bool      `json:"conditional,omitempty" doc:"Asked only when other values make it necessary"`
	Derived     bool      `json:"derived,omitempty" doc:"Worked out by the service: leave it out"`
	Options     []Option  `json:"options,omitempty"`
	Unit        string    `json:"unit,omitempty"`
	Several     bool      `json:"several,omitempty" doc:"Takes a list: rows, answers or files"`
	AtLeast     int       `json:"atLeast,omitempty" doc:"Fewest rows, answers or files"`
	AtMost      int       `json:"atMost,omitempty" doc:"Most rows, answers or files"`
	Row         plan.Text `json:"row,omitempty" doc:"Name of one row of a group"`
	Declaration plan.Text `json:"declaration,omitempty" doc:"What is agreed to by a consent"`
	As          string    `json:"as,omitempty" doc:"Capacity of a person"`
	Fields      []Field   `json:"fields,omitempty" doc:"Of each row of a group, or the parts of an address, a person or a place"`
	Accept      []string  `json:"accept,omitempty"`
	MaxSize     int64     `json:"maxSize,omitempty" doc:"Bytes"`
	MaxPages    int       `json:"maxPages,omitempty" doc:"Of each PDF"`
}

// Option is one value that a choice may have.
type Option struct {
	Value any       `json:"value"`
	Label plan.Text `json:"label"`
}

// Step is one step of the road of an application.
type Step struct {
	Step  string    `json:"step"`
	Title plan.Text `json:"title"`
}

// Fee is a fee that may be due; what it amounts to says a quote.
type Fee struct {
	Fee   string    `json:"fee"`
	Title plan.Text `json:"title"`
}

type servicesInput struct {
	Q     string `query:"q" maxLength:"200" doc:"Words to look for in titles, keywords and summaries, in any language"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	After string `query:"after" maxLength:"200" doc:"The next of the page before"`
}

func (a *API) services(described huma.API) {
	op := a.operation(described, http.MethodGet, "services", "list-services", "The services of the catalogue")
	huma.Register(described, op, func(ctx context.Context, in *servicesInput) (*answer[Page[Service]], error) {
		found := search(a.o.Releases.Reference().Offered(a.o.Releases.Services()), in.Q)
		// Ranked results have no order by value: the cursor is the code of the last one seen.
		from := 0
		if in.After != "" {
			from = slices.IndexFunc(found, func(l *release.Live) bool { return l.Service == in.After }) + 1
			if from == 0 {
				return nil, problem(ctx, "invalid", at(ctx, "/query/after", "type"))
			}
		}
		out := Page[Service]{Items: []Service{}}
		for _, l := range found[from:] {
			if len(out.Items) == in.Limit {
				out.Next = out.Items[in.Limit-1].Code
				break
			}
			out.Items = append(out.Items, service(l))
		}
		return &answer[Page[Service]]{Body: out}, nil
	})
}

type serviceInput struct {
	Code string `path:"code" maxLength:"200"`
}

func (a *API) service(described huma.API) {
	op := a.operation(described, http.MethodGet, "services/{code}", "get-service", "One service: its form, steps and fees")
	huma.Register(described, op, func(ctx context.Context, in *serviceInput) (*answer[ServiceDetail], error) {
		l, ok := a.o.Releases.Service(in.Code)
		if !ok {
			return nil, problem(ctx, "not-found")
		}
		return &answer[ServiceDetail]{Body: detail(l)}, nil
	})
}

func service(l *release.Live) Service {
	t := l.Texts
	return Service{Code: l.Service, Title: t.Title, Summary: t.Summary, Authority: l.Authority, Type: t.Type, Promised: t.Promised, Sample: t.Sample}
}

func detail(l *release.Live) ServiceDetail {
	d := ServiceDetail{Service: service(l), LegalBasis: l.Texts.LegalBasis, Closed: l.Texts.Closed, Fields: []Field{}, Steps: []Step{}, Fees: []Fee{}, Schema: l.Plan.Form.Schema}
	words := map[string]plan.FieldText{}
	for _, t := range l.Texts.Fields {
		words[t.Code] = t
	}
	for _, f := range l.Plan.Form.Fields {
		d.Fields = append(d.Fields, field(f, words[f.Code]))
	}
	for _, n := range l.Plan.Nodes {
		if title, named := l.Texts.Steps[n.Step]; named && !slices.ContainsFunc(d.Steps, func(s Step) bool { return s.Step == n.Step }) {
			d.Steps = append(d.Steps, Step{n.Step, title})
		}
	}
	for _, f := range l.Plan.Fees {
		d.Fees = append(d.Fees, Fee{f.Code, l.Texts.Fees[f.Code]})
	}
	return d
}

func field(f plan.FormField, t plan.FieldText) Field {
	out := Field{
		Code: f.Code, Section: f.Section, Type: f.Type, Label: t.Label, Hint: t.Hint,
		Optional: f.Optional || f.Require != "", Conditional: f.When != "" || f.Require != "", Accept: f.Accept, MaxSize: f.MaxSize, MaxPages: f.MaxPages,
		Derived: f.Value != "" || f.ReadOnly, Unit: f.Unit, Several: f.Kind == "list", AtLeast: f.AtLeast, AtMost: f.AtMost, Row: t.Row,
		Declaration: t.Declaration, As: f.As,
	}
	for i := range f.Fields {
		words := plan.FieldText{Label: form.PartLabel(f.Fields[i].Code)}
		if i < len(t.Fields) {
			words = t.Fields[i]
		}
		out.Fields = append(out.Fields, field(f.Fields[i], words))
	}
	for i, v := range f.Options {
		o := Option{Value: v}
		if n, err := strconv.ParseInt(v, 10, 64); (f.Kind == "int" || f.Of == "int") && err == nil {
			o.Value = n
		}
		if i < len(t.Options) {
			o.Label = t.Options[i].Label
		}
		out.Options = append(out.Options, o)
	}
	return out
}
