package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/diwan-gov/diwan/runtime/application"
)

// CloudEvent is an event as CloudEvents 1.0 writes it in structured mode. In binary mode data is the body, and the others are headers that begin
// with ce-.
type CloudEvent struct {
	SpecVersion string          `json:"specversion" example:"1.0"`
	ID          string          `json:"id" doc:"Unique among those of the source: the same one again changes nothing"`
	Source      string          `json:"source" doc:"The system that tells it, as a URI reference" example:"/hospitals/7"`
	Type        string          `json:"type" doc:"Code of an event of the catalogue" example:"civil.birth-recorded"`
	Time        *time.Time      `json:"time,omitempty"`
	Subject     string          `json:"subject,omitempty" doc:"Not read: whom an event is about stands in its data"`
	DataType    string          `json:"datacontenttype,omitempty" example:"application/json"`
	DataSchema  string          `json:"dataschema,omitempty"`
	Data        json.RawMessage `json:"data" doc:"The fields that the catalogue declares for the event; others are dropped"`
}

// TakenEvent is what is answered for an event.
type TakenEvent struct {
	ID string `json:"id" doc:"As it was told"`
}

const (
	structuredMode = "application/cloudevents+json"
	mostEvent      = 128 << 10 // bytes of an event with all that surrounds its data
	eventWait      = 20 * time.Second
)

// eventInput reads the request itself: what it holds depends on its media type.
type eventInput struct{ request *http.Request }

// Resolve keeps the request.
func (in *eventInput) Resolve(ctx huma.Context) []error {
	in.request, _ = humago.Unwrap(ctx)
	_ = ctx.SetReadDeadline(time.Now().Add(eventWait)) // a server that cannot has a limit of its own
	return nil
}

func (a *API) events(described huma.API) {
	op := a.operation(described, http.MethodPost, "events", "tell-event", "Tell an event (CloudEvents 1.0, structured or binary mode)")
	op.Description = "For systems whose token holds events:AUTHORITY, the authority that the catalogue names for the event. It is stored, answered at once " +
		"and passed on in the order of its source to every application that waits for it and every service that it begins. Batches are not taken."
	op.DefaultStatus = http.StatusAccepted
	op.Responses["202"] = response[TakenEvent](described, "Stored, now or before")
	huma.Register(described, op, func(ctx context.Context, in *eventInput) (*onceOutput, error) {
		e, err := readEvent(ctx, in.request)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		if err := a.o.Book.Tell(ctx, caller(ctx).Capacities, e); err != nil {
			return nil, a.eventProblem(ctx, err)
		}
		return &onceOutput{http.StatusAccepted, TakenEvent{e.ID}}, nil
	})
	// Described afterwards: huma would read what it knows of before the handler does.
	described.OpenAPI().Paths[op.Path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		structuredMode:     {Schema: described.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[CloudEvent](), true, "")},
		"application/json": {Schema: &huma.Schema{Type: huma.TypeObject, Description: "The data alone, in binary mode: specversion, id, source and type are the headers ce-specversion, ce-id, ce-source and ce-type"}},
	}}
}

func (a *API) eventProblem(ctx context.Context, err error) error {
	bad := (*application.BadEvent)(nil)
	switch {
	case errors.As(err, &bad):
		path := "/data"
		if bad.Field != "" {
			path += "/" + strings.ReplaceAll(bad.Field, ".", "/")
		}
		return problem(ctx, "invalid", at(ctx, path, "event-data"))
	case errors.Is(err, application.ErrNotFound):
		return problem(ctx, "invalid", at(ctx, "/type", "unknown-event"))
	case errors.Is(err, application.ErrForbidden):
		return problem(ctx, "event-forbidden")
	case errors.Is(err, application.ErrKeyReused):
		return problem(ctx, "event-reused")
	}
	return a.fail(ctx, err)
}

// readEvent reads an event in either mode. The error is a *Problem.
func readEvent(ctx context.Context, r *http.Request) (application.Told, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return application.Told{}, problem(ctx, "media-type")
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, mostEvent))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return application.Told{}, problem(ctx, "too-large")
	}
	if err != nil {
		return application.Told{}, problem(ctx, "bad-request")
	}
	var e CloudEvent
	switch {
	case media == structuredMode:
		d := json.NewDecoder(bytes.NewReader(body))
		if d.Decode(&e) != nil || d.More() {
			return application.Told{}, problem(ctx, "bad-request")
		}
		if media, _, err = mime.ParseMediaType(e.DataType); e.DataType != "" && (err != nil || !isJSON(media)) {
			return application.Told{}, problem(ctx, "invalid", at(ctx, "/datacontenttype", "event-json"))
		}
	case isJSON(media) && r.Header.Get("ce-id")+r.Header.Get("ce-type")+r.Header.Get("ce-specversion") != "":
		e = CloudEvent{SpecVersion: attribute(r, "specversion"), ID: attribute(r, "id"), Source: attribute(r, "source"), Type: attribute(r, "type"), Data: body}
	default:
		return application.Told{}, problem(ctx, "media-type")
	}
	return application.Told{Source: e.Source, ID: e.ID, Type: e.Type, Data: e.Data}, e.whole(ctx)
}

func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json") && !strings.HasPrefix(media, "application/cloudevents")
}

// attribute is one of the event in binary mode; what a header cannot hold is written in percent.
func attribute(r *http.Request, name string) string {
	written := r.Header.Get("ce-" + name)
	if plain, err := url.PathUnescape(written); err == nil {
		return plain
	}
	return written
}

// whole tells what an event lacks that every event has.
func (e *CloudEvent) whole(ctx context.Context) error {
	var missing []FieldProblem
	for _, one := range []struct{ name, value string }{{"id", e.ID}, {"source", e.Source}, {"type", e.Type}} {
		if one.value == "" {
			missing = append(missing, at(ctx, "/"+one.name, "required"))
		}
	}
	if e.SpecVersion != "1.0" {
		missing = append(missing, at(ctx, "/specversion", "event-version"))
	}
	if _, err := url.Parse(e.Source); err != nil {
		missing = append(missing, at(ctx, "/source", "type"))
	}
	if len(e.Data) == 0 {
		missing = append(missing, at(ctx, "/data", "required"))
	}
	if len(missing) > 0 {
		return problem(ctx, "invalid", missing...)
	}
	return nil
}
