package api

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// Prefix is where the handler must be mounted.
const Prefix = "/api/v1/"

// Bounds of what is taken.
const (
	mostBody   = 1 << 20  // bytes of JSON
	mostUpload = 21 << 20 // bytes of a multipart body; the document capability has its own, smaller bound for the file
)

// Options of an API. All but the last three must be given.
type Options struct {
	PublicURL string // of this installation, without a slash at the end
	Book      Book
	Releases  Releases
	Scripts   form.Scripts // runs the validation scripts of forms
	Payments  Payments
	Documents Documents
	Rights    Rights

	Appointments Appointments
	Delivery     Delivery
	Changes      Changes

	Audit func(context.Context, audit.Entry) error

	Languages []string         // offered, the main one first; ar, en
	Now       func() time.Time // time.Now
	Log       *slog.Logger     // slog.Default()
}

// API is the interface of one installation. It is safe for parallel use.
type API struct {
	o     Options
	forms *form.Cache
}

// New gives the handler of everything under Prefix. It stands behind identity's Guard.Load, which finds out whose a token is; give Refuse to
// the guard for what it refuses under Prefix.
func New(o Options) http.Handler {
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	a := &API{o, form.NewCache(o.Scripts)}
	mux := http.NewServeMux()
	described := humago.New(mux, configuration(o.PublicURL))
	described.UseMiddleware(a.authenticate)
	for _, register := range []func(huma.API){
		a.services, a.service, a.open, a.quote, a.uploads, a.submit, a.applications, a.application, a.act, a.openTask, a.asks, a.tasks, a.document, a.rights, a.right,
		a.slots, a.events, a.payments, a.tracking, a.changes,
	} {
		register(described)
	}
	for _, name := range []string{"ErrorModel", "ErrorDetail"} { // transform leaves none of huma's own
		delete(described.OpenAPI().Components.Schemas.Map(), name)
	}
	mux.HandleFunc(Prefix, a.nothing(mux))
	return ui.Lang(mux, o.Languages...)
}

func configuration(publicURL string) huma.Config {
	c := huma.DefaultConfig("Diwan", "1")
	c.Info.Description = "Government services: find one, apply, pay, answer, follow, decide. Every POST takes an Idempotency-Key: the same key " +
		"and body again gives the same answer, with another body 409. Words of the catalogue are maps of languages; errors are RFC 9457 problems."
	c.Servers = []*huma.Server{{URL: publicURL}}
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = Prefix+"openapi", "", ""
	c.CreateHooks = nil // no $schema in bodies
	c.Transformers = []huma.Transformer{transform}
	exact := huma.DefaultJSONFormat
	exact.Unmarshal = unmarshal
	c.Formats = map[string]huma.Format{"application/json": exact, "json": exact}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer", BearerFormat: "JWT"}}
	c.Security = []map[string][]string{{"bearer": {}}}
	return c
}

// unmarshal keeps numbers as they are written, except where huma only looks at their type.
func unmarshal(data []byte, v any) error {
	if _, looking := v.(*any); looking {
		return json.Unmarshal(data, v)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(v)
}

// operation is what all operations share: where they are, their name, and how they fail.
func (a *API) operation(described huma.API, method, path, name, summary string) huma.Operation {
	failure := &huma.Response{Description: "A problem", Content: map[string]*huma.MediaType{
		"application/problem+json": {Schema: described.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")},
	}}
	return huma.Operation{
		OperationID: name, Method: method, Path: Prefix + path, Summary: summary, MaxBodyBytes: mostBody,
		Responses: map[string]*huma.Response{"4XX": failure, "5XX": failure},
	}
}

// nothing answers for addresses that the API does not have, and for methods that one does not take.
func (a *API) nothing(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			other := r.Clone(r.Context())
			other.Method = method
			if _, pattern := mux.Handler(other); pattern != Prefix {
				allowed = append(allowed, method)
			}
		}
		p := problem(r.Context(), "not-found")
		if len(allowed) > 0 {
			p = problem(r.Context(), "method")
			w.Header().Set("Allow", strings.Join(allowed, ", "))
		}
		write(w, p)
	}
}

func write(w http.ResponseWriter, p *Problem) {
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client has gone; there is nobody to tell
}
