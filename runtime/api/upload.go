package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/google/uuid"
)

// Uploaded is a stored file, to be named in a form.
type Uploaded struct {
	ID uuid.UUID `json:"id"`
}

// uploadInput reads the file from the request itself: huma would write it to the disk in clear.
type uploadInput struct {
	Keyed
	request *http.Request
}

// uploadWait bounds how long a file may take to arrive.
const uploadWait = time.Minute

// Resolve keeps the request.
func (in *uploadInput) Resolve(ctx huma.Context) []error {
	in.request, _ = humago.Unwrap(ctx)
	_ = ctx.SetReadDeadline(time.Now().Add(uploadWait)) // a server that cannot has a limit of its own
	return nil
}

func (a *API) uploads(described huma.API) {
	op := a.operation(described, http.MethodPost, "uploads", "upload", "Store a file for a form: PDF, JPEG or PNG")
	op.DefaultStatus = http.StatusCreated
	op.Responses["201"] = response[Uploaded](described, "Stored, for the caller's forms only")
	huma.Register(described, op, func(ctx context.Context, in *uploadInput) (*onceOutput, error) {
		name, body, err := file(ctx, in.request)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		sum := sha256.Sum256(append([]byte(name+"\x00"), body...))
		return a.once(ctx, in.Keyed, "upload", sum[:], func(ctx context.Context) (int, any, error) {
			up, err := a.o.Documents.Upload(ctx, caller(ctx).ID, name, bytes.NewReader(body))
			return http.StatusCreated, Uploaded{up.ID}, err
		})
	})
	// Described afterwards: huma would read what it knows of before the handler does.
	described.OpenAPI().Paths[op.Path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{
			Type: "object", Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary"}},
		}},
	}}
}

// file reads the part "file" of a multipart body, which must come first.
func file(ctx context.Context, r *http.Request) (name string, body []byte, err error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return "", nil, problem(ctx, "media-type")
	}
	parts := multipart.NewReader(http.MaxBytesReader(nil, r.Body, mostUpload), params["boundary"])
	p, err := parts.NextPart()
	switch {
	case errors.Is(err, io.EOF), err == nil && p.FormName() != "file":
		return "", nil, problem(ctx, "invalid", at(ctx, "/file", "required"))
	case err != nil:
		return "", nil, problem(ctx, "bad-request")
	}
	body, err = io.ReadAll(p)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return "", nil, problem(ctx, "too-large")
	}
	if err != nil {
		return "", nil, problem(ctx, "bad-request")
	}
	return p.FileName(), body, nil
}
