package application

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Codes of why an application that was to be begun was not. They are for an operator; none says a value.
const (
	noService   = "no-service"   // the current release has no such service
	notEligible = "not-eligible" // a lookup before the form or a condition refuses
	formRefused = "form-refused" // with the fields, the form is not as it must be
	tooDeep     = "too-deep"     // services start one another without end
)

// filledIn judges a form that no person has filled in as the portal judges one: what is worked out is worked out, and every rule holds. refused is
// the code of why it cannot be sent, with the fields that are wrong. The error means that nobody can tell now.
func (b *Book) filledIn(ctx context.Context, live *release.Live, p Person, given map[string]any) (s Submission, refused string, err error) {
	s = Submission{Applicant: p, Service: live.Service, Plan: live.PlanDigest}
	f, err := b.forms.Form(live.PlanDigest, live.Plan)
	if err != nil {
		return s, "", err
	}
	with, err := b.sheetContext(live, f, p.Facts)
	if err != nil {
		return s, "", err
	}
	if f.Opens() {
		var end string
		if with, end, err = f.Open(ctx, with, b.Ask); err != nil {
			return s, "", err
		}
		if end != "" {
			return s, notEligible, nil
		}
	}
	typed := f.Prefill(with)
	maps.Copy(typed, given)
	values, problems, err := f.Validate(ctx, typed, with)
	if err != nil {
		return s, "", err
	}
	if len(problems) > 0 {
		var where []string
		for _, one := range problems {
			where = append(where, strings.TrimPrefix(one.Path, "/")+" ("+one.Code+")")
		}
		const most = 10
		return s, formRefused + ": " + strings.Join(where[:min(len(where), most)], ", "), nil
	}
	s.Form = values
	s.Labels, err = f.Labels(values, with)
	return s, "", err
}

// sheetContext is what a form reads beside its own values. There are no uploads: whoever begins it brings none.
func (b *Book) sheetContext(live *release.Live, f *form.Form, facts map[string]any) (form.Context, error) {
	zone, err := time.LoadLocation(live.Plan.Zone)
	if err != nil {
		return form.Context{}, err
	}
	at := b.now().In(zone)
	with := form.Context{Applicant: facts, Submitted: formula.Date{Year: at.Year(), Month: int(at.Month()), Day: at.Day()}}
	if names := f.TariffReads(); len(names) > 0 {
		tariff, err := b.o.Releases.Reference().Tariff(live.Plan.Tariff, at.Format(time.DateOnly), names)
		if err != nil {
			return with, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		with.Tariff = tariff.Amounts
	}
	return with, nil
}

// typed are values as they would be typed into the fields of a form.
func (b *Book) typed(live *release.Live, values map[string]json.RawMessage) (map[string]any, error) {
	f, err := b.forms.Form(live.PlanDigest, live.Plan)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	for name, value := range values {
		var v any
		d := json.NewDecoder(strings.NewReader(string(value)))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			return nil, err
		}
		if v = f.Value(name, v); v != nil {
			out[name] = v
		}
	}
	return out, nil
}

// origin says how an application comes about that its applicant has not sent.
type origin struct {
	parent  *uuid.UUID // that has started it, at node and visit
	node    string
	visit   int
	officer *uuid.UUID // who has filled it in
	draft   *uuid.UUID // that was sent
	actor   string     // of its first item in the timeline; "" = applicant
}
