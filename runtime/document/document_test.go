package document_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/inspect"
	"github.com/diwan-gov/diwan/runtime/document/module"
	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type world struct {
	testing.TB
	pool    *pgxpool.Pool
	dir     string
	files   *document.Disk
	archive *document.Archive
	now     time.Time
	stamps  document.Stamps
	module  *module.Module // where keys lie in a token
}

var master = bytes.Repeat([]byte{7}, 32)

func newWorld(t testing.TB) *world {
	t.Helper()
	pool := pgtest.Migrated(t)
	w := &world{TB: t, pool: pool, dir: t.TempDir(), now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	var err error
	w.files, err = document.NewDisk(filepath.Join(w.dir, "files"))
	w.must(err)
	w.open("https://services.example.gov")
	return w
}

func (w *world) open(publicURL string, with ...func(*document.Options)) {
	w.Helper()
	keys, err := document.OpenKeys(filepath.Join(w.dir, "keys.pem"), w.module)
	w.must(err)
	o := document.Options{
		Pool: w.pool, Files: w.files, Masters: [][]byte{master}, Keys: keys, Stamps: w.stamps, PublicURL: publicURL, Now: func() time.Time { return w.now },
		Authority: func(string) plan.Text { return plan.Text{"ar": "وزارة النقل", "en": "Ministry of Transport"} },
	}
	for _, set := range with {
		set(&o)
	}
	w.archive, err = document.New(o)
	w.must(err)
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) person() uuid.UUID {
	w.Helper()
	id := uuid.New()
	_, err := w.pool.Exec(w.Context(), "INSERT INTO person (id, issuer, subject, facts) VALUES ($1, 'test', $2, '{}')", id, id.String())
	w.must(err)
	return id
}

func (w *world) tx(do func(pgx.Tx) error) error {
	return postgres.InTx(w.Context(), w.pool, do)
}

func (w *world) exec(sql string, args ...any) {
	w.Helper()
	_, err := w.pool.Exec(w.Context(), sql, args...)
	w.must(err)
}

func picture(t *testing.T, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	var err error
	if format == "png" {
		err = png.Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// smallPDF is a page, and a comment that a scanner may find something in.
var smallPDF = []byte("%PDF-1.4\n" +
	"1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n" +
	"2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n" +
	"3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>> endobj\n" +
	"%harmless\n" +
	"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000056 00000 n \n0000000111 00000 n \n" +
	"trailer <</Size 4 /Root 1 0 R>>\nstartxref\n186\n%%EOF\n")

// numbered is smallPDF with other bytes.
func numbered(i int) []byte {
	return bytes.Replace(smallPDF, []byte("%harmless"), fmt.Appendf(nil, "%%harm%04d", i), 1)
}

func TestAnUploadIsWhatItsContentIsAndNothingElseIsTaken(t *testing.T) {
	w := newWorld(t)
	owner := w.person()
	for name, c := range map[string]struct {
		body  []byte
		name  string
		want  string
		error error
	}{
		"pdf":               {smallPDF, "report.pdf", "report.pdf", nil},
		"jpeg called pdf":   {picture(t, "jpeg"), "report.pdf", "report.jpg", nil},
		"png":               {picture(t, "png"), "صورتي.PNG", "صورتي.png", nil},
		"a path":            {smallPDF, `C:\me\..\/etc/passwd`, "passwd.pdf", nil},
		"a hostile name":    {smallPDF, "a\u202egpj\x00.exe\r\nSet-Cookie: x\".pdf", "agpj.exeSet-Cookie- x-.pdf", nil},
		"no name":           {smallPDF, "...", "file.pdf", nil},
		"a long name":       {smallPDF, strings.Repeat("ط", 500), strings.Repeat("ط", 100) + ".pdf", nil},
		"html":              {[]byte("<html><script>alert(1)</script>"), "report.pdf", "", document.ErrType},
		"pdf without end":   {smallPDF[:20], "report.pdf", "", inspect.Damaged},
		"jpeg magic only":   {[]byte("\xff\xd8\xff<html>"), "a.jpg", "", inspect.Damaged},
		"png magic only":    {[]byte("\x89PNG\r\n\x1a\nxxxx"), "a.png", "", inspect.Damaged},
		"an svg":            {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "a.png", "", document.ErrType},
		"a zip":             {[]byte("PK\x03\x04"), "a.pdf", "", document.ErrType},
		"nothing":           {nil, "a.pdf", "", document.ErrEmpty},
		"more than allowed": {append(bytes.Clone(smallPDF), make([]byte, 10<<20)...), "a.pdf", "", document.ErrTooLarge},
	} {
		up, err := w.archive.Upload(t.Context(), owner, c.name, bytes.NewReader(c.body))
		if !errors.Is(err, c.error) || up.Name != c.want {
			t.Errorf("%s: %q, %v; want %q, %v", name, up.Name, err, c.want, c.error)
		}
	}
}

func TestAnUploadIsOpenedByItsOwnerAndByWhoMaySeeTheApplicationThatNamesIt(t *testing.T) {
	w := newWorld(t)
	owner, stranger, application := w.person(), w.person(), uuid.New()
	up, err := w.archive.Upload(t.Context(), owner, "تقرير.pdf", bytes.NewReader(smallPDF))
	w.must(err)
	if _, err := w.archive.OpenUploadOf(t.Context(), application, up.ID); !errors.Is(err, document.ErrNotFound) {
		t.Errorf("before it is claimed: %v", err)
	}
	claim := func(who, application uuid.UUID, ids ...uuid.UUID) error {
		return w.tx(func(tx pgx.Tx) error { return w.archive.Claim(t.Context(), tx, who, application, ids) })
	}
	for name, err := range map[string]error{
		"a stranger's":             claim(stranger, application, up.ID),
		"one that there is not":    claim(owner, application, up.ID, uuid.New()),
		"the owner's, and again":   errors.Join(claim(owner, application, up.ID, up.ID), claim(owner, application, up.ID)),
		"for another application ": claim(owner, uuid.New(), up.ID),
	} {
		if want := name != "the owner's, and again"; errors.Is(err, document.ErrNotFound) != want {
			t.Errorf("claiming %s: %v", name, err)
		}
	}
	w.must(claim(owner, application, up.ID))
	_, asStranger := w.archive.OpenUpload(t.Context(), stranger, up.ID)
	_, ofAnother := w.archive.OpenUploadOf(t.Context(), uuid.New(), up.ID)
	_, unknown := w.archive.Stat(t.Context(), stranger, up.ID)
	for _, err := range []error{asStranger, ofAnother, unknown} {
		if !errors.Is(err, document.ErrNotFound) {
			t.Errorf("opened by who may not: %v", err)
		}
	}
	f, err := w.archive.OpenUpload(t.Context(), owner, up.ID)
	w.must(err)
	if _, err = w.archive.OpenUploadOf(t.Context(), application, up.ID); err != nil || !bytes.Equal(f.Body, smallPDF) {
		t.Errorf("as officer: %v; %d bytes", err, len(f.Body))
	}
	answer := httptest.NewRecorder()
	f.ServeHTTP(answer, httptest.NewRequest("GET", "/", nil))
	h := answer.Header()
	if !strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || !strings.Contains(h.Get("Content-Disposition"), "filename*=UTF-8''%D8%AA") {
		t.Errorf("served with %v", h)
	}
}

func TestBodiesOnDiskAreEncryptedBoundToTheirIDAndGoneWithTheirKey(t *testing.T) {
	w := newWorld(t)
	owner := w.person()
	var ups [2]document.Upload
	for i := range ups {
		var err error
		ups[i], err = w.archive.Upload(t.Context(), owner, "a.pdf", bytes.NewReader(numbered(i)))
		w.must(err)
	}
	path := func(id uuid.UUID) string { return filepath.Join(w.dir, "files", id.String()[:2], id.String()) }
	stored, err := os.ReadFile(path(ups[0].ID))
	w.must(err)
	if bytes.Contains(stored, []byte("%PDF")) || bytes.Contains(stored, []byte("startxref")) {
		t.Error("the body is on disk in clear")
	}
	other, err := os.ReadFile(path(ups[1].ID))
	w.must(err)
	for name, b := range map[string][]byte{"another file's body": other, "a changed body": append(bytes.Clone(stored[:len(stored)-1]), stored[len(stored)-1]^1), "a short body": stored[:5]} {
		w.must(os.WriteFile(path(ups[0].ID), b, 0o600))
		if f, err := w.archive.OpenUpload(t.Context(), owner, ups[0].ID); err == nil {
			t.Errorf("%s was opened: %q", name, f.Body)
		}
	}
	w.must(os.WriteFile(path(ups[0].ID), stored, 0o600))
	w.open("https://services.example.gov", func(o *document.Options) { o.Masters = [][]byte{bytes.Repeat([]byte{8}, 32), master} })
	if _, err := w.archive.OpenUpload(t.Context(), owner, ups[0].ID); err != nil {
		t.Errorf("after the master key was exchanged: %v", err)
	}
	w.must(w.tx(func(tx pgx.Tx) error { return w.archive.Forget(t.Context(), tx, ups[0].ID) }))
	if _, err := w.archive.OpenUpload(t.Context(), owner, ups[0].ID); !errors.Is(err, document.ErrNotFound) {
		t.Errorf("after it was forgotten: %v", err)
	}
}

func TestSweepRemovesWhatNothingRefersToAndKeepsTheRest(t *testing.T) {
	w := newWorld(t)
	owner, application := w.person(), uuid.New()
	var ups [2]document.Upload
	for i := range ups {
		var err error
		ups[i], err = w.archive.Upload(t.Context(), owner, "a.pdf", bytes.NewReader(numbered(i)))
		w.must(err)
	}
	w.must(w.tx(func(tx pgx.Tx) error {
		return w.archive.Claim(t.Context(), tx, owner, application, []uuid.UUID{ups[0].ID})
	}))
	orphan := uuid.New()
	w.must(w.files.Put(t.Context(), orphan, smallPDF))
	w.now = time.Now()
	if n, err := w.archive.Sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("young files: removed %d, %v", n, err)
	}
	w.now = time.Now().Add(50 * time.Hour)
	if n, err := w.archive.Sweep(t.Context()); n != 2 || err != nil {
		t.Errorf("removed %d, %v; want the orphan and the unclaimed one", n, err)
	}
	if _, err := w.archive.OpenUpload(t.Context(), owner, ups[0].ID); err != nil {
		t.Errorf("a claimed upload is gone: %v", err)
	}
	if _, err := w.archive.OpenUpload(t.Context(), owner, ups[1].ID); !errors.Is(err, document.ErrNotFound) {
		t.Errorf("an unclaimed upload: %v", err)
	}
}

func TestUnclaimedUploadsAreBounded(t *testing.T) {
	w := newWorld(t)
	owner := w.person()
	w.exec(`WITH f AS (INSERT INTO file (id, sha256, size, media_type, key) SELECT gen_random_uuid(), '', 1, 'x', 'k' FROM generate_series(1, 60) RETURNING id)
		INSERT INTO upload (id, owner, name) SELECT id, $1, 'x' FROM f`, owner)
	if _, err := w.archive.Upload(t.Context(), owner, "a.pdf", bytes.NewReader(smallPDF)); !errors.Is(err, document.ErrTooMany) {
		t.Errorf("the 61st: %v", err)
	}
	if _, err := w.archive.Upload(t.Context(), w.person(), "a.pdf", bytes.NewReader(smallPDF)); err != nil {
		t.Errorf("another owner: %v", err)
	}
}

func request(application uuid.UUID) document.IssueRequest {
	return document.IssueRequest{
		Application: application, Service: "transport.driving-licence.renew", Authority: "transport", Language: "ar", Node: "card", Visit: 1,
		Document: plan.Document{Code: "driving-licence", Register: "DL", Sample: true},
		Text:     plan.DocumentText{Title: plan.Text{"en": "Driving licence", "ar": "رخصة قيادة"}, Body: plan.Text{"ar": "تشهد سلطة الترخيص", "en": "The authority certifies"}},
		At:       time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
		Print: func(number string) (document.Paper, error) {
			label := func(ar, en string) plan.Text { return plan.Text{"ar": ar, "en": en} }
			return document.Paper{ValidUntil: "2027-11-20", Rows: []paper.Row{
				{Label: label("الاسم", "Name"), Cell: paper.Cell{Kind: "text", Value: "أمل خالد"}},
				{Label: label("الرقم", "Number"), Cell: paper.Cell{Kind: "text", Value: number}},
				{Label: label("صالحة حتى", "Valid until"), Cell: paper.Cell{Kind: "date", Value: "2027-11-20"}},
				{Label: label("سارية", "In force"), Cell: paper.Cell{Kind: "bool", Value: "true"}},
				{Label: label("الرسم", "Fee"), Cell: paper.Cell{Kind: "money", Value: "250.00 ILS"}},
				{Label: label("المخالفات", "Fines"), Cell: paper.Cell{Kind: "list", Columns: []paper.Column{{Code: "date", Label: label("التاريخ", "Date")}, {Code: "amount"}},
					Rows: [][]paper.Cell{{{Kind: "date", Value: "2026-01-02"}, {Kind: "money", Value: "100.00 ILS"}}}}},
				{Label: label("السجل", "Record"), Cell: paper.Cell{Kind: "record", Columns: []paper.Column{{Code: "since", Label: label("منذ", "Since")}},
					Rows: [][]paper.Cell{{{Kind: "date", Value: "2020-05-06"}}}}},
			}}, nil
		},
	}
}

func (w *world) issue(r document.IssueRequest) (id string) {
	w.Helper()
	id, err := w.tryIssue(r)
	w.must(err)
	return id
}

func (w *world) tryIssue(r document.IssueRequest) (id string, err error) {
	err = w.tx(func(tx pgx.Tx) (err error) { id, err = w.archive.Issue(w.Context(), tx, r); return err })
	return id, err
}

func TestIssuingAgainGivesTheSamePaper(t *testing.T) {
	w := newWorld(t)
	application := uuid.New()
	id := w.issue(request(application))
	if again := w.issue(request(application)); again != id {
		t.Errorf("issued %s, then %s", id, again)
	}
	papers, err := w.archive.OfApplication(t.Context(), application)
	w.must(err)
	if len(papers) != 1 || papers[0].Number != "DL-2026-000001" || papers[0].ValidUntil != "2027-11-20" || papers[0].Status != document.Valid {
		t.Errorf("papers %+v", papers)
	}
	f, err := w.archive.Open(t.Context(), application, id)
	w.must(err)
	if !bytes.HasPrefix(f.Body, []byte("%PDF-")) || f.Name != "DL-2026-000001.pdf" {
		t.Errorf("%s begins with %q", f.Name, f.Body[:5])
	}
	up, err := w.archive.Upload(t.Context(), w.person(), "licence.pdf", bytes.NewReader(f.Body)) // for another service that asks for it
	w.must(err)
	if up.Pages != 1 || up.Size != int64(len(f.Body)) {
		t.Errorf("%+v", up)
	}
	if _, err := w.archive.Open(t.Context(), uuid.New(), id); !errors.Is(err, document.ErrNotFound) {
		t.Errorf("opened with the ID and another application: %v", err)
	}
	if _, err := w.archive.Open(t.Context(), application, id+"\x00"); !errors.Is(err, document.ErrNotFound) {
		t.Errorf("what is no ID: %v", err)
	}
	second := request(uuid.New())
	second.At = time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC)
	second.Zone = time.FixedZone("local", 2*3600)
	w.issue(second)
	var number string
	w.must(w.pool.QueryRow(t.Context(), "SELECT number FROM document WHERE application = $1", second.Application).Scan(&number))
	if number != "DL-2027-000001" {
		t.Errorf("number %s; in its own zone it is next year", number)
	}
}

func TestAValueThatCannotBeDrawnDoesNotKeepThePaperBack(t *testing.T) {
	w := newWorld(t)
	r := request(uuid.New())
	print := r.Print
	r.Print = func(number string) (document.Paper, error) {
		p, err := print(number)
		p.Rows[0].Cell.Value = "名🙂 م" + strings.Repeat("\u0610", 50) + strings.Repeat("\u2067", 20)
		return p, err
	}
	if v, err := w.archive.Verify(t.Context(), w.issue(r)); err != nil || v.Status != document.Valid {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestRegisterNumbersHaveNoGapsUnderParallelTransactionsAndRollbacks(t *testing.T) {
	w := newWorld(t)
	const parallel = 20
	failed := errors.New("the rest of the step failed")
	errs := make(chan error, parallel)
	for i := range parallel {
		go func() {
			errs <- w.tx(func(tx pgx.Tx) error {
				if _, err := w.archive.Issue(context.WithoutCancel(t.Context()), tx, request(uuid.New())); err != nil {
					return err
				}
				if i%4 == 0 {
					return failed
				}
				return nil
			})
		}()
	}
	for range parallel {
		if err := <-errs; err != nil && !errors.Is(err, failed) {
			t.Error(err)
		}
	}
	rows, err := w.pool.Query(t.Context(), "SELECT number FROM document ORDER BY number")
	w.must(err)
	numbers, err := pgx.CollectRows(rows, pgx.RowTo[string])
	w.must(err)
	if len(numbers) != parallel*3/4 {
		t.Errorf("%d numbers", len(numbers))
	}
	for i, n := range numbers {
		if want := fmt.Sprintf("DL-2026-%06d", i+1); n != want {
			t.Fatalf("number %s, want %s", n, want)
		}
	}
}

func TestEveryIDIsLongAndLikeNoOther(t *testing.T) {
	w := newWorld(t)
	seen, letters := map[string]bool{}, map[rune]bool{}
	for range 20 {
		id := w.issue(request(uuid.New()))
		if len(id) < 26 || seen[id] {
			t.Errorf("ID %s: short or seen before; 128 bits need 26 letters of 32", id)
		}
		seen[id] = true
		for _, c := range id {
			letters[c] = true
		}
	}
	if len(letters) < 30 { // of 520 draws from 32 letters, one is missing about once in 500,000 times
		t.Errorf("only %d letters occur", len(letters))
	}
}
