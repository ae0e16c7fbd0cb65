package credential_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/credential"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type world struct {
	testing.TB
	pool    *pgxpool.Pool
	archive *document.Archive
	office  *credential.Office
	now     time.Time
	url     string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, pool: pgtest.Migrated(t), now: time.Now()}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w.url = server.URL
	dir := t.TempDir()
	keys, err := document.OpenKeys(filepath.Join(dir, "keys.pem"), nil)
	w.must(err)
	files, err := document.NewDisk(filepath.Join(dir, "files"))
	w.must(err)
	clock := func() time.Time { return w.now }
	w.archive, err = document.New(document.Options{Pool: w.pool, Files: files, Masters: [][]byte{make([]byte, 32)}, Keys: keys, PublicURL: w.url, Now: clock})
	w.must(err)
	w.office, err = credential.New(credential.Options{
		Pool: w.pool, Papers: w.archive, Keys: keys, PublicURL: w.url, Secret: make([]byte, 32), Now: clock,
		Name: func() plan.Text { return plan.Text{"ar": "خدمات", "en": "Services"} },
		Types: func() []credential.Type {
			return []credential.Type{{Code: "driving-licence", Title: plan.Text{"ar": "رخصة قيادة", "en": "Driving licence"}, Claims: []credential.TypeClaim{
				{Name: "name", Kind: "text", Label: plan.Text{"ar": "الاسم", "en": "Name"}}, {Name: "category", Kind: "text", Label: plan.Text{"ar": "الفئة", "en": "Category"}},
				{Name: "birthdate", Kind: "date", Label: plan.Text{"ar": "تاريخ الميلاد", "en": "Date of birth"}},
			}}}
		},
	})
	w.must(err)
	w.office.Register(mux)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// paper issues a licence of which a wallet gets three rows of four.
func (w *world) paper(right string) (id string) {
	w.Helper()
	text := func(en string) plan.Text { return plan.Text{"en": en} }
	w.must(postgres.InTx(w.Context(), w.pool, func(tx pgx.Tx) (err error) {
		id, err = w.archive.Issue(w.Context(), tx, document.IssueRequest{
			Application: uuid.New(), Authority: "transport", Language: "en", Node: "card", Visit: 1, At: w.now, Right: document.Right{Number: right},
			Document: plan.Document{Code: "driving-licence", Register: "DL"}, Text: plan.DocumentText{Title: text("Driving licence")},
			Print: func(number string) (document.Paper, error) {
				return document.Paper{ValidUntil: w.now.AddDate(1, 0, 0).Format(time.DateOnly), Rows: []paper.Row{
					{Label: text("Number"), Cell: paper.Cell{Kind: "text", Value: number}},
					{Claim: "name", Label: text("Name"), Cell: paper.Cell{Kind: "text", Value: "أمل ناصر"}},
					{Claim: "category", Label: text("Category"), Cell: paper.Cell{Kind: "text", Value: "B"}},
					{Claim: "birthdate", Label: text("Date of birth"), Cell: paper.Cell{Kind: "date", Value: "1988-03-21"}},
				}}, nil
			},
		})
		return err
	}))
	return id
}

func (w *world) offer(paper string) credential.Offer {
	w.Helper()
	o, err := w.office.Offer(w.Context(), paper)
	w.must(err)
	return o
}

// hold lets two officers suspend a paper.
func (w *world) hold(id string) {
	w.Helper()
	of, err := w.archive.ApplicationOf(w.Context(), id)
	w.must(err)
	w.must(w.archive.ProposeHold(w.Context(), []string{"transport"}, of, id, document.Holding, "the photograph", uuid.New()))
	waiting, err := w.archive.HoldsWaiting(w.Context(), []string{"transport"})
	w.must(err)
	w.must(w.archive.DecideHold(w.Context(), []string{"transport"}, waiting[0].ID, true, uuid.New()))
}

func (w *world) right(number, what string) {
	w.Helper()
	w.must(postgres.InTx(w.Context(), w.pool, func(tx pgx.Tx) error {
		return w.archive.RightChanged(w.Context(), tx, number, what, document.Cause{Application: uuid.New(), Node: "n", Visit: 1, At: w.now})
	}))
}

// list asks for the list that a credential names, as a verifier would.
func (w *world) standing(wallet *wallet, s sdjwt.Shown) sdjwt.Standing {
	w.Helper()
	answer, err := http.Get(s.Status.List.URI)
	w.must(err)
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	w.must(err)
	if answer.Header.Get("Content-Type") != "application/statuslist+jwt" || !strings.Contains(answer.Header.Get("Cache-Control"), "max-age=60") {
		w.Errorf("%v", answer.Header)
	}
	l, err := sdjwt.ReadList(string(b), s.Status.List.URI, w.now, wallet.keys())
	w.must(err)
	return l.Get(s.Status.List.Index)
}

func TestAWalletFetchesAPaperAndShowsWhatItsHolderChooses(t *testing.T) {
	w := newWorld(t)
	id := w.paper("NL-1")
	offer := w.offer(id)
	if len(offer.Code) != 6 || strings.Contains(offer.Link, offer.Code) || strings.Contains(offer.Link, id) {
		t.Fatalf("%+v", offer)
	}
	wallet := newWallet(t, offer.Link)
	text := wallet.fetch(offer.Code, w.now)
	all, err := sdjwt.Verify(text, wallet.keys())
	if err != nil || len(all.Claims) != 3 || all.Issuer != w.url || all.Expires <= w.now.Unix() || all.Holder == nil || all.Status == nil {
		t.Fatalf("%+v, %v", all, err)
	}
	var metadata struct {
		Type   string `json:"vct"`
		Claims []struct {
			Path []string `json:"path"`
		} `json:"claims"`
	}
	if wallet.get(all.Type, &metadata); metadata.Type != all.Type || len(metadata.Claims) != 3 || metadata.Claims[0].Path[0] != "name" {
		t.Errorf("%+v", metadata)
	}
	if got := w.standing(wallet, all); got != sdjwt.Stands {
		t.Errorf("%d", got)
	}
	shown, err := w.office.Verify(t.Context(), wallet.show(text, "https://bank.example", "category"))
	w.must(err)
	if shown.Status != document.Valid || len(shown.Claims) != 1 || shown.Claims[0] != (sdjwt.Claim{Name: "category", Value: "B"}) || shown.Bound == nil ||
		shown.Number != "" || shown.ID != "" || !shown.IssuedAt.IsZero() || shown.Type.Title["ar"] != "رخصة قيادة" {
		t.Fatalf("%+v", shown)
	}
	w.now = w.now.AddDate(1, 0, 1)
	if shown, err = w.office.Verify(t.Context(), wallet.show(text, "")); err != nil || shown.Status != document.Expired {
		t.Errorf("%+v, %v", shown, err)
	}
}

func TestTheListFollowsThePaper(t *testing.T) {
	w := newWorld(t)
	offer := w.offer(w.paper("NL-1"))
	wallet := newWallet(t, offer.Link)
	text := wallet.fetch(offer.Code, w.now)
	held := w.paper("NL-2")
	other := w.offer(held)
	second := newWallet(t, other.Link)
	kept, err := sdjwt.Verify(second.fetch(other.Code, w.now), second.keys())
	w.must(err)
	s, err := sdjwt.Verify(text, wallet.keys())
	w.must(err)
	for _, step := range []struct {
		what string
		want sdjwt.Standing
		is   document.Status
	}{{"suspended", sdjwt.Suspended, document.Suspended}, {"resumed", sdjwt.Stands, document.Valid}, {"revoked", sdjwt.Invalid, document.Revoked}} {
		w.standing(wallet, s) // it may be kept for a minute
		w.right("NL-1", step.what)
		w.now = w.now.Add(time.Minute)
		if got := w.standing(wallet, s); got != step.want {
			t.Errorf("%s: %d", step.what, got)
		}
		if shown, err := w.office.Verify(t.Context(), text); err != nil || shown.Status != step.is {
			t.Errorf("%s: %+v, %v", step.what, shown, err)
		}
	}
	if got := w.standing(second, kept); got != sdjwt.Stands {
		t.Errorf("another's paper: %d", got)
	}
	w.hold(held)
	w.now = w.now.Add(time.Minute)
	if got := w.standing(second, kept); got != sdjwt.Suspended {
		t.Errorf("what two officers have suspended: %d", got)
	}
}

func TestAnOfferServesOnceForAShortTimeAndIsNotGuessed(t *testing.T) {
	w := newWorld(t)
	id := w.paper("NL-1")
	offer := w.offer(id)
	wallet := newWallet(t, offer.Link)
	if s := wallet.token(""); s.Error != "invalid_request" {
		t.Errorf("%+v", s)
	}
	wrong := "000000"
	if offer.Code == wrong {
		wrong = "000001"
	}
	if s := wallet.token(wrong); s.Status != http.StatusBadRequest || s.Error != "invalid_grant" {
		t.Errorf("%+v", s)
	}
	wallet.fetch(offer.Code, w.now)
	if s := wallet.token(offer.Code); s.Error != "invalid_grant" {
		t.Errorf("used twice: %+v", s)
	}
	guessed := w.offer(id)
	thief := newWallet(t, guessed.Link)
	for range 5 {
		thief.token(strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, guessed.Code))
	}
	if s := thief.token(guessed.Code); s.Error != "invalid_grant" {
		t.Errorf("after five guesses: %+v", s)
	}
	late := w.offer(id)
	w.now = w.now.Add(11 * time.Minute)
	if s := newWallet(t, late.Link).token(late.Code); s.Error != "invalid_grant" {
		t.Errorf("after its time: %+v", s)
	}
	w.now = w.now.Add(time.Hour)
	for range 5 {
		w.offer(id)
	}
	if _, err := w.office.Offer(t.Context(), id); !errors.Is(err, credential.ErrTooMany) {
		t.Errorf("a sixth offer: %v", err)
	}
	var kept int
	w.must(w.pool.QueryRow(t.Context(), "SELECT count(*) FROM credential_offer").Scan(&kept))
	if kept != 5 {
		t.Errorf("%d offers are kept", kept)
	}
}

func TestACredentialIsGivenToWhoHasTheKeyAndOnce(t *testing.T) {
	w := newWorld(t)
	offer := w.offer(w.paper("NL-1"))
	wallet := newWallet(t, offer.Link)
	token, configuration := wallet.token(offer.Code).Token, wallet.offer.Configurations[0]
	const typ = "openid4vci-proof+jwt"
	good := func() string { return wallet.proof(typ, w.url, wallet.nonce(), w.now) }
	broken := good()
	stale := wallet.nonce()
	w.now = w.now.Add(2 * time.Minute)
	for name, c := range map[string]struct {
		token, configuration, proof, want string
	}{
		"another token":         {"x", configuration, good(), "invalid_token"},
		"another configuration": {token, "passport", good(), "unknown_credential_configuration"},
		"another type":          {token, configuration, wallet.proof("JWT", w.url, wallet.nonce(), w.now), "invalid_proof"},
		"another audience":      {token, configuration, wallet.proof(typ, "https://elsewhere.example", wallet.nonce(), w.now), "invalid_proof"},
		"another day":           {token, configuration, wallet.proof(typ, w.url, wallet.nonce(), w.now.AddDate(0, 0, 1)), "invalid_proof"},
		"an invented nonce":     {token, configuration, wallet.proof(typ, w.url, "nonce", w.now), "invalid_nonce"},
		"a changed signature":   {token, configuration, broken[:len(broken)-8] + "AAAAAAAA", "invalid_proof"},
		"nothing":               {token, configuration, "", "invalid_proof"},
	} {
		if s := wallet.credential(c.token, c.configuration, c.proof); s.Error != c.want {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if s := wallet.credential(token, configuration); s.Error != "invalid_proof" {
		t.Errorf("no proof: %+v", s)
	}
	if s := wallet.credential(token, configuration, wallet.proof(typ, w.url, stale, w.now)); s.Status != http.StatusOK {
		t.Errorf("a nonce of two minutes ago: %+v", s)
	}
	if s := wallet.credential(token, configuration, good()); s.Error != "invalid_token" {
		t.Errorf("a token twice: %+v", s)
	}
	w.now = w.now.Add(4 * time.Minute)
	again := w.offer(w.paper("NL-3"))
	wallet = newWallet(t, again.Link)
	if s := wallet.credential(wallet.token(again.Code).Token, configuration, wallet.proof(typ, w.url, stale, w.now)); s.Error != "invalid_nonce" {
		t.Errorf("an old nonce: %+v", s)
	}
}

func TestAPaperThatIsNotValidIsNotOfferedAndWhatIsNoCredentialIsUnknown(t *testing.T) {
	w := newWorld(t)
	id := w.paper("NL-1")
	offer := w.offer(id)
	wallet := newWallet(t, offer.Link)
	token := wallet.token(offer.Code).Token
	w.right("NL-1", "revoked")
	if s := wallet.credential(token, "driving-licence", wallet.proof("openid4vci-proof+jwt", w.url, wallet.nonce(), w.now)); s.Error != "credential_request_denied" {
		t.Errorf("%+v", s)
	}
	if _, err := w.office.Offer(t.Context(), id); !errors.Is(err, credential.ErrNotValid) {
		t.Error(err)
	}
	if _, err := w.office.Offer(t.Context(), "nobody's"); !errors.Is(err, document.ErrNotFound) {
		t.Error(err)
	}
	for _, text := range []string{"", "hello", "~", "a.b.c~"} {
		if s, err := w.office.Verify(t.Context(), text); err != nil || s.Status != document.Unknown {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
	}
	other := w.offer(w.paper("NL-9"))
	second := newWallet(t, other.Link)
	text := second.fetch(other.Code, w.now)
	parts := strings.SplitN(text, ".", 3)
	parts[1] += "AA"
	if s, err := w.office.Verify(t.Context(), strings.Join(parts, ".")); err != nil || s.Status != document.Altered || s.Title != nil {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestNothingOfAPersonStandsInTheClearInTheDatabase(t *testing.T) {
	w := newWorld(t)
	offer := w.offer(w.paper("NL-1"))
	newWallet(t, offer.Link).fetch(offer.Code, w.now)
	for _, table := range []string{"document", "credential", "credential_offer", "file"} {
		var all json.RawMessage
		w.must(w.pool.QueryRow(context.WithoutCancel(t.Context()), "SELECT coalesce(json_agg(t), '[]') FROM "+table+" t").Scan(&all))
		if strings.Contains(string(all), "أمل") || strings.Contains(string(all), "1988-03-21") {
			t.Errorf("table %s holds what the paper says", table)
		}
	}
}
