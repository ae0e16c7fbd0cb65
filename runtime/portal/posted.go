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
	mostFile  = 20 << 20 // bytes of a file whose field has no limit of its own
	mostValue = 64 << 10 // bytes of one answer
)

// read takes what was posted. Files are stored at once, as they come, so that nothing that follows can lose them, and never in a
// temporary file: the answer of their field is the ID of the upload. Values of other names than the form's are dropped.
func (f *filling) read(w http.ResponseWriter, r *http.Request) (controls map[string]string, err error) {
	limit := int64(mostPosted)
	for _, field := range f.form.Plan().Form.Fields {
		if field.Type == "file" {
			limit += 2 * fileLimit(field) // so that a file that is somewhat too large is told beside its field
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
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
	code, part, _ := strings.Cut(name, "-")
	field, ok := f.field(code)
	wanted := part == "" || field.Type == "date" && slices.Contains(dateParts, part) || field.Type == "file" && part == removePart
	if ok && wanted && !slices.Contains(f.frozen, code) {
		f.typed[name] = append(f.typed[name], values...)
	}
}

// Parts of controls: the boxes of a date, and the box that removes an upload.
var dateParts = []string{"day", "month", "year"}

const removePart = "remove"

// remove drops uploads whose box is ticked; one that has just come in their place has another ID and stays.
func (f *filling) remove() {
	for _, field := range f.form.Plan().Form.Fields {
		if field.Type != "file" {
			continue
		}
		if id := f.typed.Get(field.Code); id != "" && slices.Contains(f.typed[field.Code+"-"+removePart], id) {
			f.typed.Del(field.Code)
		}
		f.typed.Del(field.Code + "-" + removePart)
	}
}

func (f *filling) field(code string) (plan.FormField, bool) {
	fields := f.form.Plan().Form.Fields
	i := slices.IndexFunc(fields, func(field plan.FormField) bool { return field.Code == code })
	if i < 0 {
		return plan.FormField{}, false
	}
	return fields[i], true
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
			if field, ok := f.field(name); !ok || field.Type != "file" || len(value) > 0 {
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
func (f *filling) store(r *http.Request, code string, part *multipart.Part) error {
	field, ok := f.field(code)
	if !ok || field.Type != "file" || slices.Contains(f.frozen, code) {
		return nil
	}
	body := &capped{from: part, left: fileLimit(field)}
	up, err := f.p.o.Documents.Upload(r.Context(), f.me.ID, part.FileName(), body)
	if err == nil {
		f.typed[code] = []string{up.ID.String()}
		return nil
	}
	if body.over {
		err = document.ErrTooLarge
	}
	f.refused[code] = f.refusal(field, err)
	if f.refused[code] == "" {
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
