package inspect

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"io"
	"regexp"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

const (
	mostBehind  = 2 << 10 // bytes that programs of mail and scanners leave behind the end; they are cut off
	mostObjects = 500_000
	mostNested  = 100
	mostRecord  = 16 << 10

	mostUnpacked = 300 << 20 // of all streams together
)

var eof = []byte("%%EOF")

// alone keeps pdfcpu from writing a folder of settings.
var alone = sync.OnceFunc(func() { model.ConfigPath = "disable" })

// readPDF reads every object of a PDF, and gives the file up to its end, byte for byte: a signature in it stays valid. The reader is pdfcpu's
// rather than our own, which writes only; nothing is rendered.
func readPDF(b []byte) (body []byte, pages int, err error) {
	end := bytes.LastIndex(b, eof)
	if end < 0 || len(b)-end > mostBehind {
		return nil, 0, Damaged
	}
	for end += len(eof); end < len(b) && (b[end] == '\r' || b[end] == '\n'); end++ {
	}
	// An archive is read from its end, so one file can be both: a scanner or an officer sees the one, and who unpacks it the other.
	for _, whole := range [][]byte{b, b[:end]} {
		if archive, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole))); err == nil && len(archive.File) > 0 {
			return nil, 0, Twofold
		}
	}
	b = b[:end]
	alone()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode, conf.Optimize = model.ValidationRelaxed, false
	ctx, err := pdfcpu.Read(bytes.NewReader(b), conf)
	switch {
	case ctx != nil && ctx.XRefTable != nil && ctx.Encrypt != nil, encrypted(err, b):
		return nil, 0, Locked
	case err != nil || ctx.Root == nil:
		return nil, 0, Damaged
	}
	for _, entry := range ctx.Table { // those of object streams are read when somebody asks for them
		if lazy, ok := entry.Object.(types.LazyObjectStreamObject); ok {
			if entry.Object, err = lazy.DecodedObject(context.Background()); err != nil {
				return nil, 0, Damaged
			}
		}
	}
	r := reader{ctx: ctx}
	for _, entry := range ctx.Table {
		if entry == nil || entry.Free {
			continue
		}
		if entry.Object == nil && entry.Offset != nil && *entry.Offset > 0 && *entry.Offset < int64(len(b)) && !null.Match(b[*entry.Offset:]) {
			return nil, 0, Damaged // what could not be read could be anything
		}
		if err := r.object(entry.Object, 0); err != nil {
			return nil, 0, err
		}
	}
	switch {
	case r.pages == 0:
		return nil, 0, Damaged
	case r.pages > mostPages:
		return nil, 0, Pages
	}
	return b, r.pages, nil
}

var null = regexp.MustCompile(`^\s*\d+\s+\d+\s+obj\s+null\b`)

var encryptKey = regexp.MustCompile(`/Encrypt\s+\d+\s+\d+\s+R`)

// encrypted tells a file that could not be read because it wants a password.
func encrypted(err error, b []byte) bool { return err != nil && encryptKey.Match(b) }

// reader looks at objects, wherever they hang: what no page leads to, a program may still find.
type reader struct {
	ctx   *model.Context
	pages int
	seen  int

	unpacked int64
}

func (r *reader) object(o types.Object, depth int) error {
	if r.seen++; r.seen > mostObjects || depth > mostNested {
		return Damaged
	}
	switch o := o.(type) {
	case types.Dict:
		return r.dict(o, depth)
	case *types.StreamDict:
		return r.stream(o, depth)
	case types.StreamDict:
		return r.stream(&o, depth)
	case *types.ObjectStreamDict:
		return r.dict(o.Dict, depth)
	case types.ObjectStreamDict:
		return r.dict(o.Dict, depth)
	case *types.XRefStreamDict:
		return r.dict(o.Dict, depth)
	case types.XRefStreamDict:
		return r.dict(o.Dict, depth)
	case types.Array:
		for _, one := range o {
			if err := r.object(one, depth+1); err != nil {
				return err
			}
		}
	case nil, types.Boolean, types.Integer, types.Float, types.Name, types.StringLiteral, types.HexLiteral, types.IndirectRef, *types.IndirectRef:
	default:
		return Damaged // what is not known here has not been looked at
	}
	return nil
}

func (r *reader) stream(s *types.StreamDict, depth int) error {
	if name(s.Dict["Type"]) == "EmbeddedFile" && !r.record(s) {
		return Active
	}
	if name(s.Dict["Subtype"]) == "Image" {
		w, _ := r.follow(s.Dict["Width"]).(types.Integer)
		h, _ := r.follow(s.Dict["Height"]).(types.Integer)
		if w.Value() < 0 || h.Value() < 0 || h.Value() > 0 && w.Value() > mostPixels/h.Value() {
			return Pixels
		}
	}
	if r.unpacked += unpacked(s, mostUnpacked-r.unpacked); r.unpacked >= mostUnpacked {
		return Damaged // a small file that unfolds into gigabytes at whoever opens it
	}
	return r.dict(s.Dict, depth)
}

// unpacked counts what a stream unfolds into, as far as it is deflated, however often; up to most.
func unpacked(s *types.StreamDict, most int64) int64 {
	var raw io.Reader = bytes.NewReader(s.Raw)
	for _, filter := range s.FilterPipeline {
		if filter.Name != "FlateDecode" {
			break
		}
		plain, err := zlib.NewReader(raw)
		if err != nil {
			return 0
		}
		raw = plain
	}
	n, _ := io.Copy(io.Discard, io.LimitReader(raw, most)) // what is broken unfolds no further
	return n
}

// Keys and names with which a PDF does more than show pages.
var (
	activeKeys    = map[string]bool{"JS": true, "JavaScript": true, "XFA": true, "RichMediaContent": true, "RichMediaSettings": true}
	activeActions = map[string]bool{"JavaScript": true, "Launch": true, "ImportData": true, "SubmitForm": true, "GoToE": true, "Rendition": true, "Movie": true, "Sound": true}
	activeNotes   = map[string]bool{"FileAttachment": true, "RichMedia": true, "Movie": true, "Screen": true, "3D": true}
)

func (r *reader) dict(d types.Dict, depth int) error {
	if name(d["Type"]) == "Page" {
		r.pages++
	}
	if activeActions[name(r.follow(d["S"]))] || activeNotes[name(r.follow(d["Subtype"]))] && d["Rect"] != nil {
		return Active
	}
	for key, value := range d {
		key, err := types.DecodeName(key)
		if err != nil || activeKeys[key] {
			return Active
		}
		if key == "EF" && !r.records(value) {
			return Active
		}
		if err := r.object(value, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// records tells whether what a file specification embeds are records of papers alone.
func (r *reader) records(o types.Object) bool {
	d, ok := r.follow(o).(types.Dict)
	if !ok {
		return false
	}
	for _, value := range d {
		switch s := r.follow(value).(type) {
		case *types.StreamDict:
			ok = r.record(s)
		case types.StreamDict:
			ok = r.record(&s)
		default:
			ok = false
		}
		if !ok {
			return false
		}
	}
	return true
}

// compactJWS is what a paper of the state carries inside: its signed record, three lines of letters that no program starts. A citizen uploads
// the papers that other services have issued, so they are taken; whatever else lies inside a PDF is not.
var compactJWS = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\s*$`)

func (r *reader) record(s *types.StreamDict) bool {
	body := s.Content
	if body == nil {
		plain, err := s.DecodeLengthWithLimit(-1, mostRecord)
		if err != nil {
			return false
		}
		body = plain
	}
	return len(body) <= mostRecord && compactJWS.Match(body)
}

// follow gives what a reference means; there is no way from one to another.
func (r *reader) follow(o types.Object) types.Object {
	ref, ok := o.(types.IndirectRef)
	if at, is := o.(*types.IndirectRef); is && at != nil {
		ref, ok = *at, true
	}
	if !ok {
		return o
	}
	if entry, ok := r.ctx.Table[ref.ObjectNumber.Value()]; ok && entry != nil {
		return entry.Object
	}
	return nil
}

// name is a name as its reader takes it, #4A and all; "" where it is none.
func name(o types.Object) string {
	n, ok := o.(types.Name)
	if !ok {
		return ""
	}
	decoded, err := types.DecodeName(string(n))
	if err != nil {
		return "JavaScript" // a name that cannot be read could be any
	}
	return decoded
}
