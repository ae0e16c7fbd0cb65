package inspect_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/document/inspect"
)

// TestMain lets this binary be the child, as the program is.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == inspect.Command {
		inspect.Worker(os.Stdin, os.Stdout)
		return
	}
	os.Exit(m.Run())
}

// pdf writes objects 1 to n, with a table of where they stand; the first is the root.
func pdf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}

func stream(dict string, body []byte) string {
	return fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(body), body)
}

func deflated(body io.Reader) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = io.Copy(w, body)
	_ = w.Close()
	return b.Bytes()
}

// bomb is a small body that unfolds into 400 MB.
var bomb = sync.OnceValue(func() []byte { return deflated(zeros(400 << 20)) })

// zeros is a reader of so many zeros.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// onePage is a PDF of one page, with more in its root and more objects from 4 on.
func onePage(root string, more ...string) []byte {
	return pdf(append([]string{"<</Type /Catalog /Pages 2 0 R " + root + ">>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 100 100]>>"}, more...)...)
}

// pages is a PDF of so many pages that says that it has fewer.
func pages(n, said int) []byte {
	objects := []string{"<</Type /Catalog /Pages 2 0 R>>", ""}
	var kids strings.Builder
	for i := range n {
		objects = append(objects, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 100 100]>>")
		fmt.Fprintf(&kids, "%d 0 R ", i+3)
	}
	objects[1] = fmt.Sprintf("<</Type /Pages /Kids [%s] /Count %d>>", kids.String(), said)
	return pdf(objects...)
}

// packed is a PDF whose objects all lie in a deflated stream, where no search of the bytes finds them, with one more.
func packed(more string) []byte {
	objects := []string{"<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>", "<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>", more}
	var index, bodies strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&index, "%d %d ", i+1, bodies.Len())
		bodies.WriteString(o + " ")
	}
	b := []byte("%PDF-1.7\n")
	first := len(b)
	b = fmt.Appendf(b, "5 0 obj\n%s\nendobj\n", stream(fmt.Sprintf("/Type /ObjStm /N 4 /First %d /Filter /FlateDecode", index.Len()), deflated(strings.NewReader(index.String()+bodies.String()))))
	second := len(b)
	rows := []byte{0, 0, 0, 0}
	for i := range objects {
		rows = append(rows, 2, 0, 5, byte(i))
	}
	rows = append(rows, 1, byte(first>>8), byte(first), 0, 1, byte(second>>8), byte(second), 0)
	b = fmt.Appendf(b, "6 0 obj\n%s\nendobj\n", stream("/Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R", rows))
	return fmt.Appendf(b, "startxref\n%d\n%%%%EOF\n", second)
}

func archive(t testing.TB, comment []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("payload.exe")
	if err == nil {
		_, err = f.Write([]byte("MZ"))
	}
	if err = errors.Join(err, w.SetComment(string(comment)), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sketch is brighter to the right and redder to the bottom, so that every way of turning it shows.
func sketch(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(255 * y / h), uint8(255 * x / w), 40, 255})
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pngOf is a file that says that it is so large, and holds nothing.
func pngOf(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 2, 0, 0, 0))...)
}

func chunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// resized says another size in a JPEG's first frame.
func resized(b []byte, w, h uint16) []byte {
	at := bytes.Index(b, []byte{0xff, 0xc0})
	b = bytes.Clone(b)
	binary.BigEndian.PutUint16(b[at+5:], h)
	binary.BigEndian.PutUint16(b[at+7:], w)
	return b
}

// attacks are bodies that are not taken, and why.
func attacks(t testing.TB) map[string]struct {
	body []byte
	want inspect.Refusal
} {
	photo := asJPEG(t, sketch(16, 16))
	zipped := archive(t, nil)
	whole := onePage("")
	type attack = struct {
		body []byte
		want inspect.Refusal
	}
	embedded := func(body string) []byte {
		return onePage("/Names <</EmbeddedFiles <</Names [(a) 4 0 R]>>>>", "<</Type /Filespec /F (a.exe) /EF <</F 5 0 R>>>>", stream("", []byte(body)))
	}
	return map[string]attack{
		"the string of EICAR":                 {[]byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-` + `ANTIVIRUS-TEST-FILE!$H+H*`), inspect.Unknown},
		"a program":                           {[]byte("MZ\x90\x00"), inspect.Unknown},
		"a page":                              {[]byte("<html><script>alert(1)</script>"), inspect.Unknown},
		"an archive":                          {zipped, inspect.Unknown},
		"a picture that is a script":          {[]byte("GIF89a/*\x01\x00\x00\x00*/=1;alert(1)"), inspect.Unknown},
		"a program, then a PDF":               {append([]byte("MZ\n"), whole...), inspect.Unknown},
		"a photo of a telephone":              {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), inspect.HEIC},
		"a PDF, then an archive":              {append(bytes.Clone(whole), zipped...), inspect.Twofold},
		"an archive within a PDF":             {append(append([]byte("%PDF-1.7\n"), zipped...), []byte("\nstartxref\n9\n%%EOF\n")...), inspect.Twofold},
		"an archive whose comment ends a PDF": {append([]byte("%PDF-1.7\n"), archive(t, []byte("\nstartxref\n9\n%%EOF\n"))...), inspect.Twofold},
		"a PDF with much behind it":           {append(bytes.Clone(whole), bytes.Repeat([]byte("x"), 4096)...), inspect.Damaged},
		"a PDF without an end":                {whole[:len(whole)-8], inspect.Damaged},
		"a PDF without objects":               {[]byte("%PDF-1.7\nstartxref\n0\n%%EOF\n"), inspect.Damaged},
		"a PDF without pages":                 {pdf("<</Type /Catalog>>"), inspect.Damaged},
		"10,000 pages":                        {pages(10_000, 10_000), inspect.Pages},
		"10,000 pages that say one":           {pages(10_000, 1), inspect.Pages},
		"a script at opening":                 {onePage("/OpenAction 4 0 R", "<</S /JavaScript /JS (app.alert(1))>>"), inspect.Active},
		"a script under another spelling":     {onePage("/OpenAction 4 0 R", "<</S /J#61vaScript /J#53 (app.alert(1))>>"), inspect.Active},
		"a script among names":                {onePage("/Names <</JavaScript <</Names [(a) 4 0 R]>>>>", "<<>>"), inspect.Active},
		"a script that hangs nowhere":         {onePage("", "<</S /JavaScript /JS (app.alert(1))>>"), inspect.Active},
		"a program to start":                  {onePage("/OpenAction <</S /Launch /F (cmd.exe)>>"), inspect.Active},
		"a program to start, by reference":    {onePage("/OpenAction <</S 4 0 R /F (cmd.exe)>>", "/Launch"), inspect.Active},
		"a form that sends itself":            {onePage("/AA <</O <</S /SubmitForm /F (https://evil.example)>>>>"), inspect.Active},
		"a form of another language":          {onePage("/AcroForm <</XFA 4 0 R>>", stream("", []byte("<xdp/>"))), inspect.Active},
		"a film":                              {onePage("", "<</Type /Annot /Subtype /RichMedia /Rect [0 0 1 1]>>"), inspect.Active},
		"a file attached to a page":           {onePage("", "<</Type /Annot /Subtype /FileAttachment /Rect [0 0 1 1]>>"), inspect.Active},
		"a file inside":                       {embedded("MZ\x90 a program"), inspect.Active},
		"a file inside without a name":        {onePage("", stream("/Type /EmbeddedFile", []byte("MZ"))), inspect.Active},
		"a script inside an object stream":    {packed("<</S /JavaScript /JS (app.alert(1))>>"), inspect.Active},
		"an object stream of 400 MB":          {onePage("", stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", bomb())), inspect.Damaged},
		"a password": {bytes.Replace(onePage("", "<</Filter /Standard /V 1 /R 2 /O (12345678901234567890123456789012) /U (12345678901234567890123456789012) /P -4>>"),
			[]byte("/Root 1 0 R"), []byte("/Root 1 0 R /Encrypt 4 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]"), 1), inspect.Locked},
		"a stream of 400 MB in 400 kB":    {onePage("", stream("/Filter /FlateDecode", bomb())), inspect.Damaged},
		"a stream that is deflated twice": {onePage("", stream("/Filter [/FlateDecode /FlateDecode]", deflated(bytes.NewReader(bomb())))), inspect.Damaged},
		"a picture of terabytes in a PDF": {onePage("", stream("/Subtype /Image /Width 1000000 /Height 1000000", nil)), inspect.Pixels},
		"lists within lists":              {onePage("", strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)), inspect.Damaged},
		"a PNG of 60,000 by 60,000":       {pngOf(60_000, 60_000), inspect.Pixels},
		"a PNG of 2³¹ by 2³¹":             {pngOf(1<<31-1, 1<<31-1), inspect.Damaged},
		"a PNG of nothing":                {pngOf(0, 1), inspect.Damaged},
		"a PNG without its picture":       {pngOf(8_000, 8_000), inspect.Damaged},
		"a JPEG of 65,500 by 65,500":      {resized(photo, 65_500, 65_500), inspect.Pixels},
		"half a JPEG":                     {photo[:len(photo)/2], inspect.Damaged},
		"the beginning of a JPEG":         {[]byte("\xff\xd8\xff\xe0"), inspect.Damaged},
		"nothing":                         {nil, inspect.Unknown},
	}
}

func TestWhatIsPoisonedIsRefusedWithItsReason(t *testing.T) {
	all := attacks(t)
	for name, a := range all {
		start := time.Now()
		got, err := inspect.Look(a.body)
		if !errors.Is(err, a.want) || got.Body != nil {
			t.Errorf("%s: %v, want %s", name, err, a.want)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
	t.Logf("%d poisoned bodies", len(all))
}

func TestAChildRefusesTheSameAndItsParentHoldsNothingOfIt(t *testing.T) {
	pool, err := inspect.New(inspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	all := attacks(t)
	runtime.GC()
	runtime.ReadMemStats(&before)
	for name, a := range all {
		if _, err := pool.Look(t.Context(), a.body); !errors.Is(err, a.want) {
			t.Errorf("%s: %v, want %s", name, err, a.want)
		}
	}
	runtime.GC()
	if runtime.ReadMemStats(&after); after.HeapAlloc > before.HeapAlloc+(32<<20) {
		t.Errorf("%d MB more are held", (after.HeapAlloc-before.HeapAlloc)>>20)
	}
	got, err := pool.Look(t.Context(), onePage(""))
	if err != nil || got.Kind != inspect.PDF || got.Pages != 1 || !bytes.Equal(got.Body, onePage("")) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAChildThatIsTooSlowOrDiesRefusesItsFileAndNothingElse(t *testing.T) {
	for name, c := range map[string]struct {
		command []string
		damaged bool
	}{
		"sleeps":         {[]string{"/bin/sleep", "60"}, true},
		"dies":           {[]string{"/bin/false"}, true},
		"says nothing":   {[]string{"/bin/true"}, false},
		"says too much":  {[]string{"/bin/cat", "/dev/zero"}, true},
		"is not there":   {[]string{"/nowhere/at/all"}, false},
		"knows a secret": {[]string{"/bin/sh", "-c", `test -z "$DIWAN_FILES_KEYS" && echo '{"kind":"image/png"}' && cat`}, false},
	} {
		t.Setenv("DIWAN_FILES_KEYS", "hush")
		pool, err := inspect.New(inspect.Options{Command: c.command, Within: 300 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		got, err := pool.Look(t.Context(), []byte("body"))
		if name == "knows a secret" {
			if err != nil || string(got.Body) != "body" {
				t.Errorf("%s: %q, %v", name, got.Body, err)
			}
			continue
		}
		if err == nil || errors.Is(err, inspect.Damaged) != c.damaged {
			t.Errorf("a child that %s: %v", name, err)
		}
	}
}

func TestWaitingForAPlaceHasAnEnd(t *testing.T) {
	pool, err := inspect.New(inspect.Options{Command: []string{"/bin/sleep", "60"}, Size: 1, Within: 2 * time.Second, Wait: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan error, 5)
	for range cap(results) {
		go func() { _, err := pool.Look(t.Context(), nil); results <- err }()
	}
	busy := 0
	for range cap(results) {
		if errors.Is(<-results, inspect.ErrBusy) {
			busy++
		}
	}
	if busy != 4 {
		t.Errorf("%d of 4 were told that every place is taken", busy)
	}
}

func TestWhatIsWellIsTakenAsItIs(t *testing.T) {
	signed := onePage("/Names <</EmbeddedFiles <</Names [(record.jws) 4 0 R]>>>>", "<</Type /Filespec /F (record.jws) /EF <</F 5 0 R>>>>",
		stream("/Type /EmbeddedFile", []byte("eyJhbGciOiJFUzI1NiJ9.eyJpZCI6IlgifQ.c2ln")))
	for name, body := range map[string][]byte{
		"a page": onePage(""), "a page in an object stream": packed("<<>>"), "a thousand pages": pages(1000, 1000), "a paper with its record": signed,
		"a link":                  onePage("", "<</Type /Annot /Subtype /Link /Rect [0 0 1 1] /A <</S /URI /URI (https://services.example.gov)>>>>"),
		"a large drawing":         onePage("", stream("/Filter /FlateDecode", deflated(zeros(50<<20)))),
		"words that sound active": onePage("", stream("", []byte("BT (JavaScript and /Launch and /JS) Tj ET"))),
	} {
		got, err := inspect.Look(body)
		if err != nil || !bytes.Equal(got.Body, body) || got.Pages == 0 {
			t.Errorf("%s: %d pages, %v", name, got.Pages, err)
		}
	}
	behind, err := inspect.Look(append(onePage(""), "\r\n0\r\n\r\n<script>"...))
	if err != nil || !bytes.HasSuffix(behind.Body, []byte("%%EOF\n\r\n")) && !bytes.HasSuffix(behind.Body, []byte("%%EOF\n")) {
		t.Errorf("what stands behind the end is cut off: %v", err)
	}
}

// oriented is a JPEG with an EXIF that says how the camera was held and where, and something behind its end.
func oriented(t testing.TB, img image.Image, orientation uint16, order binary.AppendByteOrder) []byte {
	b := asJPEG(t, img)
	mark := "II*\x00\x08\x00\x00\x00"
	if order == binary.BigEndian {
		mark = "MM\x00*\x00\x00\x00\x08"
	}
	exif := append([]byte("Exif\x00\x00"), mark...)
	exif = order.AppendUint16(exif, 1)
	exif = order.AppendUint16(order.AppendUint16(exif, 0x0112), 3)
	exif = order.AppendUint16(order.AppendUint32(exif, 1), orientation)
	exif = append(exif, "\x00\x00\x00\x00\x00\x00GPSLatitude 31.5 Maker"...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(append(head, exif...), b[2:]...), "PK\x03\x04 <script>alert(1)</script>"...)
}

func TestAPhotoStandsUprightAndTellsNothingOfItsPlace(t *testing.T) {
	const w, h = 64, 32
	upright := sketch(w, h)
	gray := image.NewGray(upright.Bounds())
	for y := range h {
		for x := range w {
			gray.SetGray(x, y, color.Gray{uint8(x*2 + y*4)})
		}
	}
	for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
		for o := uint16(1); o <= 8; o++ {
			for name, img := range map[string]image.Image{"colour": upright, "gray": gray} {
				got, err := inspect.Look(oriented(t, held(img, o), o, order))
				if err != nil || got.Kind != inspect.JPEG {
					t.Fatal(err)
				}
				for _, word := range []string{"Exif", "GPS", "Maker", "PK\x03\x04", "script"} {
					if bytes.Contains(got.Body, []byte(word)) {
						t.Errorf("%q is still in the file", word)
					}
				}
				shown, err := jpeg.Decode(bytes.NewReader(got.Body))
				if err != nil {
					t.Fatal(err)
				}
				if off := apart(shown, img); off > 12 {
					t.Errorf("%s held as %d: %d apart, %v", name, o, off, shown.Bounds())
				}
			}
		}
	}
	noisy := append(asPNG(t, upright), "\x7fELF"...)
	noisy = append(append(bytes.Clone(noisy[:33]), chunk("tEXt", []byte("Author\x00Leila of 5 Harbour Street"))...), noisy[33:]...)
	got, err := inspect.Look(noisy)
	if err != nil || bytes.Contains(got.Body, []byte("Harbour")) || bytes.Contains(got.Body, []byte("ELF")) {
		t.Errorf("a PNG keeps its picture alone: %v", err)
	}
	shown, err := png.Decode(bytes.NewReader(got.Body))
	if err != nil || apart(shown, upright) != 0 {
		t.Errorf("the picture is another: %v", err)
	}
}

// held is how a camera that was held so takes a picture: by the table of EXIF, pixel by pixel.
func held(img image.Image, orientation uint16) image.Image {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	row, column := [...]string{"", "top", "top", "bottom", "bottom", "left", "right", "right", "left"}, [...]string{"", "left", "right", "right", "left", "top", "top", "bottom", "bottom"}
	to := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		to = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(to)
	for y := range to.Dy() {
		for x := range to.Dx() {
			at := map[string]int{}
			at[row[orientation]], at[column[orientation]] = y, x // the 0th row is the visual top, or left, …
			px, py := 0, 0
			for side, n := range at {
				switch side {
				case "left":
					px = n
				case "right":
					px = w - 1 - n
				case "top":
					py = n
				case "bottom":
					py = h - 1 - n
				}
			}
			out.Set(x, y, img.At(px, py))
		}
	}
	return out
}

// apart is the largest difference of two pictures in any colour.
func apart(a, b image.Image) (most int) {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 1 << 10
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			for _, d := range []int{int(r1>>8) - int(r2>>8), int(g1>>8) - int(g2>>8), int(b1>>8) - int(b2>>8)} {
				most = max(most, d, -d)
			}
		}
	}
	return most
}

func FuzzLook(f *testing.F) {
	for _, a := range attacks(f) {
		if len(a.body) < 1<<16 {
			f.Add(a.body)
		}
	}
	f.Add(oriented(f, sketch(8, 8), 6, binary.BigEndian))
	f.Fuzz(func(t *testing.T, body []byte) {
		found, err := inspect.Look(body)
		refusal := inspect.Refusal("")
		if (err == nil) == (found.Body == nil) || err != nil && !errors.As(err, &refusal) {
			t.Errorf("%v, %v", found.Kind, err)
		}
	})
}
