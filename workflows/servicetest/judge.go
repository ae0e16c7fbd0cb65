package servicetest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/form"
)

// judge validates a form as the portal does and gives its values; they may be used where there is no problem.
func (r *course) judge(typed map[string]any) (map[string]json.RawMessage, []form.Problem, error) {
	values, problems, err := r.u.f.Validate(context.Background(), typed, r.context())
	if err != nil || len(problems) > 0 {
		return nil, problems, err
	}
	out := make(map[string]json.RawMessage, len(values))
	for name, v := range values {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = b
	}
	return out, nil, nil
}

// context is what the form is judged with, beside the answers.
func (r *course) context() form.Context {
	with := form.Context{Applicant: map[string]any{}, Upload: r.uploaded}
	maps.Copy(with.Applicant, plainValues(r.person))
	with.Given = maps.Clone(r.before)
	if r.behalf != nil {
		if with.Given == nil {
			with.Given = map[string]map[string]any{}
		}
		with.Given[catalog.RepresentativeRoot] = plainValues(r.behalf)
	}
	with.Submitted, _ = formula.ParseDate(r.day)
	if names := r.u.f.TariffReads(); len(names) > 0 {
		if t := r.tariff(names); t != nil {
			with.Tariff = t.Amounts
		}
	}
	return with
}

// file is an upload of a scenario.
// usualSize is that of a file of which the scenario says nothing.
const usualSize = 200_000

// upload keeps a file and gives its ID. "report.pdf 6 MB" says its kind and its size, "report.pdf 12 pages" its pages; anything else is of a kind that is accepted.
func (r *course) upload(text string, accept []string) string {
	name, size, _ := strings.Cut(text, " ")
	f := form.Uploaded{Size: usualSize, MediaType: media[strings.TrimPrefix(path.Ext(name), ".")]}
	if f.MediaType == "" && len(accept) > 0 {
		f.MediaType = media[accept[0]]
	}
	if n, err := strconv.ParseFloat(strings.TrimSuffix(size, " MB"), 64); err == nil {
		f.Size = int64(n * (1 << 20))
	}
	if n, err := strconv.Atoi(strings.TrimSuffix(size, " pages")); err == nil {
		f.Pages = n
	}
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", len(r.files)+1)
	r.files[id], r.names[id] = f, text
	return id
}

var media = map[string]string{"pdf": "application/pdf", "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png"}

func (r *course) uploaded(id string) (u form.Uploaded, ok bool) {
	u, ok = r.files[id]
	return u, ok
}

// plainValues are values as encoding/json decodes them.
func plainValues(raw map[string]json.RawMessage) map[string]any {
	out := map[string]any{}
	for name, value := range raw {
		var v any
		d := json.NewDecoder(strings.NewReader(string(value)))
		d.UseNumber()
		if d.Decode(&v) == nil {
			out[name] = v
		}
	}
	return out
}
