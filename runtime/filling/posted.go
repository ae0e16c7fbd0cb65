package filling

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Controls of a form's pages beside its fields; pages may have more of their own. Codes of fields have no underscore, so they cannot meet.
const (
	GoControl       = "_go"       // which button: "" for continue, back, change:SHEET, or add:GROUP and remove:ROW
	ShownControl    = "_shown"    // the fields that the page asked
	KeyControl      = "_key"      // idempotency key
	RevisionControl = "_revision" // of a task
)

const (
	mostFile  = 20 << 20  // bytes of a file whose field has no limit of its own
	mostValue = 64 << 10  // bytes of one answer
	mostBody  = 500 << 20 // bytes of a page with all its files, which are stored as they come

	mostPosted   = 1 << 20  // bytes of a form without files
	mostControls = 64 << 10 // bytes of a page's own controls alone
)

// Read takes what was posted, and gives the values of the controls beside the fields. Files are stored at once, as they come, so that nothing that follows can lose them, and never in a
// temporary file: the answer of their field is the ID of the upload. Values of other names than the form's are dropped. The error is ErrUnreadable
// where the body is no form, and an *http.MaxBytesError or ErrTooLarge where it is too large.
func (f *Filling) Read(w http.ResponseWriter, r *http.Request) (controls map[string]string, err error) {
	limit := int64(mostControls)
	if f.Form != nil {
		limit = mostPosted
		for _, field := range f.Form.FileFields() {
			limit += int64(field.Most+1) * fileLimit(field.FormField) // so that a file that is somewhat too large is told beside its field
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, min(limit, mostBody))
	controls = map[string]string{}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "multipart/form-data" {
		if err := r.ParseForm(); err != nil {
			return nil, unreadable(err)
		}
		for name, values := range r.PostForm {
			f.take(controls, name, values)
		}
	} else if err := f.parts(r, controls); err != nil {
		return nil, err
	}
	f.changeRows(controls[GoControl])
	f.remove()
	return controls, nil
}

// Errors of what was posted, for errors.Is.
var (
	ErrUnreadable = errors.New("filling: the body is no form")
	ErrTooLarge   = errors.New("filling: the body is too large")
)

// unreadable is the error of a body that is too large, or is no form.
func unreadable(err error) error {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return err
	}
	return ErrUnreadable
}

func fileLimit(field plan.FormField) int64 {
	if field.MaxSize > 0 {
		return field.MaxSize
	}
	return mostFile
}

// take keeps a value of a control or of a field of the form.
func (f *Filling) take(controls map[string]string, name string, values []string) {
	if strings.HasPrefix(name, "_") {
		controls[name] = values[0]
		return
	}
	if f.Form == nil {
		return
	}
	field, top, part, ok := f.Form.Control(name)
	wanted := part == "" || field.Type == "date" && slices.Contains(dateParts, part) || field.Type == FileType && part == removePart
	if ok && wanted && !slices.Contains(f.Frozen, top) {
		f.Typed[name] = append(f.Typed[name], values...)
	}
}

// Parts of controls: the boxes of a date, and the box that removes an upload.
var dateParts = []string{"day", "month", "year"}

const removePart = "remove"

// FileType is the type of fields that take files.
const FileType = "file"

// remove drops uploads whose box is ticked; one that has just come in their place has another ID and stays.
func (f *Filling) remove() {
	for ticked, ids := range f.Typed {
		name, isRemoval := strings.CutSuffix(ticked, "-"+removePart)
		if !isRemoval {
			continue
		}
		f.Typed[name] = slices.DeleteFunc(f.Typed[name], func(id string) bool { return slices.Contains(ids, id) })
		f.Typed.Del(ticked)
	}
}

func (f *Filling) parts(r *http.Request, controls map[string]string) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return ErrUnreadable
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		name := part.FormName()
		if part.FileName() == "" {
			value, err := io.ReadAll(io.LimitReader(part, mostValue))
			if err != nil {
				return err
			}
			// An empty file control comes as a part without a name of a file; it says nothing.
			if field, ok := f.field(name); !ok || field.Type != FileType || len(value) > 0 {
				f.take(controls, name, []string{string(value)})
			}
			continue
		}
		if err := f.store(r, name, part); err != nil {
			return err
		}
	}
}

// field is that of a control.
func (f *Filling) field(name string) (field plan.FormField, ok bool) {
	if f.Form != nil {
		field, _, _, ok = f.Form.Control(name)
	}
	return field, ok
}

// store keeps the file of a field. One that is not taken is told beside the field, and an earlier one stays.
func (f *Filling) store(r *http.Request, name string, part *multipart.Part) error {
	if f.Form == nil {
		return nil
	}
	field, top, _, ok := f.Form.Control(name)
	if !ok || field.Type != FileType || slices.Contains(f.Frozen, top) {
		return nil
	}
	several := field.Of != ""
	if several && len(f.Typed[name]) >= 2*max(field.AtMost, 1) {
		return nil // the others are too many already, which is told
	}
	body := &capped{from: part, left: fileLimit(field)}
	up, err := f.Documents.Upload(r.Context(), f.Owner, part.FileName(), body)
	if err == nil {
		if several {
			f.Typed[name] = append(f.Typed[name], up.ID.String())
		} else {
			f.Typed[name] = []string{up.ID.String()}
		}
		return nil
	}
	if body.over {
		err = document.ErrTooLarge
	}
	f.refused[name] = f.refusal(field, err)
	if f.refused[name] == "" {
		return err
	}
	return nil
}

// refusal says why a file was not taken and what to do, or "" where that is not the owner's to put right.
func (f *Filling) refusal(field plan.FormField, err error) string {
	return refusalWords(f.Locale, field.Accept, fileLimit(field), err)
}

func refusalWords(l *ui.Locale, kinds []string, most int64, err error) string {
	var refusal document.Refusal
	switch {
	case errors.Is(err, document.ErrTooLarge):
		return l.T("upload.tooLarge", "max", l.Size(most))
	case errors.Is(err, document.ErrType):
		return l.T("upload.type", "kinds", strings.ToUpper(strings.Join(kinds, ", ")))
	case errors.As(err, &refusal):
		return l.T("upload.refused." + string(refusal))
	case errors.Is(err, document.ErrEmpty):
		return l.T("upload.empty")
	case errors.Is(err, document.ErrTooMany):
		return l.T("upload.tooMany")
	case errors.Is(err, document.ErrUnclean):
		return l.T("upload.unclean")
	}
	return ""
}

// dropUnclean forgets files in which the scanner has found something since they were taken, and says so beside their field.
func (f *Filling) dropUnclean(ctx context.Context) {
	for name := range f.Typed {
		if field, ok := f.field(name); !ok || field.Type != FileType {
			continue
		}
		before := len(f.Typed[name])
		f.Typed[name] = slices.DeleteFunc(f.Typed[name], func(id string) bool {
			u, ok := f.upload(ctx, id)
			return ok && u.State == document.Infected
		})
		if len(f.Typed[name]) < before {
			f.refused[name] = f.Locale.T("upload.unclean")
		}
	}
}

// capped reads so many bytes and then fails.
type capped struct {
	from io.Reader
	left int64
	over bool
}

func (c *capped) Read(b []byte) (int, error) {
	if c.left < 0 {
		c.over = true
		return 0, ErrTooLarge
	}
	if int64(len(b)) > c.left+1 {
		b = b[:c.left+1]
	}
	n, err := c.from.Read(b)
	if c.left -= int64(n); c.left < 0 {
		c.over = true
		return n, ErrTooLarge
	}
	return n, err
}
