package app

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/debian"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// receiptsOf are receipts of every kind: language, currency with two decimals and three, means, instalment, deposit, rounding, many lines.
var receiptsOf = []struct {
	name, language string
	languages      []string
	paid           payment.View
	says           []string // read out of the file
}{
	{"plain", "ar", []string{"ar", "en"}, payment.View{Currency: "ILS", Means: payment.Online, Amount: 28000, Lines: []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 3000}}},
		[]string{"280.00", "250.00", "30.00", "Online", "Renewal fee"}},
	{"instalment", "ar", []string{"ar", "en"}, payment.View{Currency: "ILS", Means: payment.AtBank, Part: 2, Parts: 4, Amount: 8334, Lines: []activity.Line{{Fee: "renewal", Amount: 8334}}},
		[]string{"83.34", "2 of 4", "At a bank or from a wallet"}},
	{"deposit", "en", []string{"ar", "en"}, payment.View{Currency: "ILS", Means: payment.InCash, Amount: 35000, Lines: []activity.Line{{Fee: "late", Amount: 5000}, {Fee: "deposit", Amount: 30000, Deposit: true}}},
		[]string{"350.00", "300.00", "In cash at a till", "Deposit"}},
	{"dinars", "ar", []string{"ar", "en"}, payment.View{Currency: "JOD", Means: payment.InCash, Amount: 12350, Lines: []activity.Line{{Fee: "renewal", Amount: 12345}, {Fee: activity.RoundingLine, Amount: 5}}},
		[]string{"12.350", "12.345", "0.005", "Rounding"}},
	{"tenge", "kk", []string{"kk", "ru", "en"}, payment.View{Currency: "KZT", Means: payment.Online, Amount: 393200000, Lines: []activity.Line{{Fee: "renewal", Amount: 393200000}}},
		[]string{"3 932 000,00 KZT", "Төлем түбіртегі", "Барлығы төленді"}},
	{"russian", "ru", []string{"kk", "ru"}, payment.View{Currency: "KZT", Means: payment.AtBank, Part: 1, Parts: 12, Amount: 1, Lines: []activity.Line{{Fee: "renewal", Amount: 1}}},
		[]string{"0,01", "1 из 12", "Квитанция об оплате"}},
	{"french", "fr", []string{"fr", "ar"}, payment.View{Currency: "EUR", Means: payment.Online, Amount: 4200, Lines: []activity.Line{{Fee: "renewal", Amount: 5200}, {Fee: activity.RoundingLine, Amount: -1000}}},
		[]string{"42,00", "52,00", "-10,00", "Reçu", "Moyen de paiement"}},
	{"large", "fr", []string{"fr", "ar"}, payment.View{Currency: "EUR", Means: payment.AtBank, Amount: 123456750, Lines: []activity.Line{{Fee: "renewal", Amount: 123456750}}},
		[]string{"1 234 567,50 EUR"}},
	{"long", "ar", []string{"ar", "en"}, payment.View{Currency: "QAR", Means: payment.InCash, Amount: 120000, Lines: []activity.Line{
		{Fee: "long", Amount: 10000}, {Fee: "renewal", Amount: 10000}, {Fee: "late", Amount: 10000}, {Fee: "long", Amount: 10000}, {Fee: "renewal", Amount: 10000}, {Fee: "late", Amount: 10000},
		{Fee: "long", Amount: 10000}, {Fee: "renewal", Amount: 10000}, {Fee: "late", Amount: 10000}, {Fee: "long", Amount: 10000}, {Fee: "renewal", Amount: 10000}, {Fee: "late", Amount: 10000}}},
		[]string{"1,200.00 QAR", "100.00"}},
}

var receiptTexts = plan.Texts{
	Title: plan.Text{"ar": "تجديد رخصة القيادة", "en": "Driving licence renewal", "kk": "Жүргізуші куәлігін ауыстыру", "ru": "Замена водительского удостоверения", "fr": "Renouvellement du permis"},
	Fees: map[string]plan.Text{
		"renewal": {"ar": "رسم التجديد", "en": "Renewal fee", "kk": "Мемлекеттік баж", "ru": "Государственная пошлина", "fr": "Droit de renouvellement"},
		"late":    {"ar": "غرامة تأخير", "en": "Late fine"}, "deposit": {"ar": "تأمين مسترد", "en": "Deposit"},
		"long": {"ar": "رسم فحص المركبة لدى محطة الفحص الفني المعتمدة من الوزارة عن السنة الحالية", "en": "Fee for the inspection of the vehicle at a station that the ministry has approved, for this year"},
	},
}

// Receipts of every kind are signed as poppler sees it, can be read out of their files, and stand on one page unless they are long. A byte changed anywhere is seen.
func TestReceiptsOfEveryKindAreSignedReadableAndSealed(t *testing.T) {
	toText, sig := debian.Program(t, "poppler-utils", "pdftotext"), debian.Program(t, "poppler-utils", "pdfsig")
	pool, dir := pgtest.Migrated(t), t.TempDir()
	keys, err := document.OpenKeys(filepath.Join(dir, "keys.pem"), nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := document.NewDisk(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	archive, err := document.New(document.Options{Pool: pool, Files: files, Masters: [][]byte{bytes.Repeat([]byte{7}, 32)}, Keys: keys, PublicURL: "https://services.example.gov",
		Authority: func(string) plan.Text {
			return plan.Text{"ar": "وزارة النقل والمواصلات", "en": "Ministry of Transport", "kk": "Ішкі істер министрлігі", "ru": "Министерство внутренних дел", "fr": "Ministère des transports"}
		}})
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("", 2*60*60)
	for i, c := range receiptsOf {
		at := time.Date(2026, 11, 22, 22, 30, 0, 0, time.UTC) // of the 23rd where it was paid
		c.paid.PaidAt, c.paid.ID, c.paid.Receipt = &at, uuid.New(), "RCT-2026-00000"+string(rune('1'+i))
		texts := receiptTexts
		texts.Languages = c.languages
		v := &application.View{ID: uuid.New(), Reference: "D7K2-94QM", Service: "transport.licence", Authority: "transport", Language: c.language}
		var id string
		err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) (err error) {
			id, err = archive.Issue(t.Context(), tx, receiptRequest(v, &c.paid, &texts, zone))
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		file, err := archive.Open(t.Context(), v.ID, id)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, c.name+".pdf")
		if err := os.WriteFile(name, file.Body, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(sig, "-nocert", name).CombinedOutput(); err != nil || !strings.Contains(string(out), "Signature is Valid") {
			t.Errorf("%s: %v\n%s", c.name, err, out)
		}
		out, err := exec.Command(toText, "-enc", "UTF-8", "-layout", name, "-").Output()
		if pages := bytes.Count(out, []byte("\f")); err != nil || (pages == 1) != (len(c.paid.Lines) < 10) {
			t.Errorf("%s: %v, %d pages", c.name, err, pages)
		}
		for _, want := range append(c.says, c.paid.Receipt, v.Reference, "2026") {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s: %q cannot be read in\n%s", c.name, want, out)
			}
		}
		every := len(file.Body) / 7 // of each some places, of the first six hundred
		if i == 0 {
			every = 151
		}
		for at := 0; at < len(file.Body); at += every {
			file.Body[at] ^= 0x20
			if v, err := archive.VerifyFile(t.Context(), bytes.NewReader(file.Body)); err != nil || v.Status != document.Altered {
				t.Fatalf("%s: byte %d of %d was changed: %s, %v", c.name, at, len(file.Body), v.Status, err)
			}
			file.Body[at] ^= 0x20
		}
		if v, err := archive.VerifyFile(t.Context(), bytes.NewReader(file.Body)); err != nil || v.Status != document.Valid {
			t.Errorf("%s: %s, %v", c.name, v.Status, err)
		}
	}
}
