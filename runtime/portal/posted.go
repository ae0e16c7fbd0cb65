package portal

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Controls of a form's pages beside its fields. Codes of fields have no underscore, so they cannot meet.
const (
	goControl       = "_go"       // which button: "" for continue, back, or change:SHEET
	sheetControl    = "_sheet"    // the page that was filled in
	shownControl    = "_shown"    // the fields that it asked
	keyControl      = "_key"      // idempotency key
	returnControl   = "_return"   // check: back to the check page
	revisionControl = "_revision" // of a task
)

const (
	mostFile  = 20 << 20  // bytes of a file whose field has no limit of its own
	mostValue = 64 << 10  // bytes of one answer
	mostBody  = 500 << 20 // bytes of a page with all its files, which are stored as they come
)

// read takes what was posted. Files are stored at once, as they come, so that nothing that follows can lose them, and never in a
// temporary file: the answer of their field is the ID of the upload. Values of other names than the form's are dropped.
func (f *filling) read(w http.ResponseWriter, r *http.Request) (controls map[string]string, err error) {
	limit := int64(mostPosted)
	for _, field := range f.form.FileFields() {
		limit += int64(field.Most+1) * fileLimit(field.FormField) // so that a file that is somewhat too large is told beside its field
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
	f.remove()
	return controls, nil
}

// unreadable is the error of a body that is too large, or is no form.
func unreadable(err error) error {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return err
	}
	return errNotFound
}

func fileLimit(field plan.FormField) int64 {
	if field.MaxSize > 0 {
		return field.MaxSize
	}
	return mostFile
}

// take keeps a value of a control or of a field of the form.
func (f *filling) take(controls map[string]string, name string, values []string) {
	if strings.HasPrefix(name, "_") {
		controls[name] = values[0]
		return
	}
	field, top, part, ok := f.form.Control(name)
	wanted := part == "" || field.Type == "date" && slices.Contains(dateParts, part) || field.Type == fileType && part == removePart
	if ok && wanted && !slices.Contains(f.frozen, top) {
		f.typed[name] = append(f.typed[name], values...)
	}
}

// Parts of controls: the boxes of a date, and the box that removes an upload.
var dateParts = []string{"day", "month", "year"}

const removePart = "remove"

const fileType = "file"

// remove drops uploads whose box is ticked; one that has just come in their place has another ID and stays.
func (f *filling) remove() {
	for ticked, ids := range f.typed {
		name, isRemoval := strings.CutSuffix(ticked, "-"+removePart)
		if !isRemoval {
			continue
		}
		f.typed[name] = slices.DeleteFunc(f.typed[name], func(id string) bool { return slices.Contains(ids, id) })
		f.typed.Del(ticked)
	}
}

func (f *filling) parts(r *http.Request, controls map[string]string) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return errNotFound
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
			if field, _, _, ok := f.form.Control(name); !ok || field.Type != fileType || len(value) > 0 {
				f.take(controls, name, []string{string(value)})
			}
			continue
		}
		if err := f.store(r, name, part); err != nil {
			return err
		}
	}
}

// store keeps the file of a field. One that is not taken is told beside the field, and an earlier one stays.
func (f *filling) store(r *http.Request, name string, part *multipart.Part) error {
	field, top, _, ok := f.form.Control(name)
	if !ok || field.Type != fileType || slices.Contains(f.frozen, top) {
		return nil
	}
	several := field.Of != ""
	if several && len(f.typed[name]) >= 2*max(field.AtMost, 1) {
		return nil // the others are too many already, which is told
	}
	body := &capped{from: part, left: fileLimit(field)}
	up, err := f.p.o.Documents.Upload(r.Context(), f.me.ID, part.FileName(), body)
	if err == nil {
		if several {
			f.typed[name] = append(f.typed[name], up.ID.String())
		} else {
			f.typed[name] = []string{up.ID.String()}
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

// refusal says why a file was not taken and what to do, or "" where that is not the applicant's to put right.
func (f *filling) refusal(field plan.FormField, err error) string {
	switch {
	case errors.Is(err, document.ErrTooLarge):
		return f.l.T("upload.tooLarge", "max", f.l.Size(fileLimit(field)))
	case errors.Is(err, document.ErrType):
		return f.l.T("upload.type", "kinds", strings.ToUpper(strings.Join(field.Accept, ", ")))
	case errors.Is(err, document.ErrEmpty):
		return f.l.T("upload.empty")
	case errors.Is(err, document.ErrTooMany):
		return f.l.T("upload.tooMany")
	case errors.Is(err, document.ErrUnclean):
		return f.l.T("upload.unclean")
	}
	return ""
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
		return 0, errTooLarge
	}
	if int64(len(b)) > c.left+1 {
		b = b[:c.left+1]
	}
	n, err := c.from.Read(b)
	if c.left -= int64(n); c.left < 0 {
		c.over = true
		return n, errTooLarge
	}
	return n, err
}
