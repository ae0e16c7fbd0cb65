package settlement

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/formula"
)

const day = "2026-11-21"

// asCSV writes a file of a day as a provider does.
func asCSV(lines []Line) []byte {
	var b strings.Builder
	b.WriteString("day,kind,key,amount,currency\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s\n", l.Day, l.Kind, l.ID, l.Amount.Value(), l.Amount.Currency)
	}
	fmt.Fprintf(&b, "%s,end,%d,,\n", day, len(lines))
	return []byte(b.String())
}

// asCamt writes the same as camt.053: a statement for each currency, payments of one currency as one batch where there are several.
func asCamt(lines []Line) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<Document xmlns="` + camtNamespace + `"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>` + "\n")
	currencies := []string{"ILS"}
	for _, l := range lines {
		if !slices.Contains(currencies, l.Amount.Currency) {
			currencies = append(currencies, l.Amount.Currency)
		}
	}
	for _, currency := range currencies {
		var entries, details strings.Builder
		n, batch, sum := 0, int64(0), int64(0)
		for _, l := range lines {
			if l.Amount.Currency != currency {
				continue
			}
			sum += l.Amount.Minor
			refs := `<Refs><EndToEndId>` + l.ID + `</EndToEndId></Refs>`
			if l.Kind == Payment {
				batch += l.Amount.Minor
				details.WriteString(`<TxDtls>` + refs + camtSum(l.Amount) + `</TxDtls>` + "\n")
				continue
			}
			n++
			fmt.Fprintf(&entries, `<Ntry>%s<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><BkTxCd><Prtry><Cd>%s</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>%s</TxDtls></NtryDtls></Ntry>`+"\n",
				camtSum(l.Amount), l.Day, l.Kind, refs)
		}
		if batch > 0 {
			n++
			fmt.Fprintf(&entries, `<Ntry>%s<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><BkTxCd><Prtry><Cd>payment</Cd></Prtry></BkTxCd><NtryDtls>%s</NtryDtls></Ntry>`+"\n",
				camtSum(formula.Money{Minor: batch, Currency: currency}), day, details.String())
		}
		fmt.Fprintf(&b, `<Stmt><Id>1</Id><FrToDt><FrDtTm>%sT00:00:00</FrDtTm></FrToDt><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>%s</Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>%s</Bal>`+
			`<TxsSummry><TtlNtries><NbOfNtries>%d</NbOfNtries></TtlNtries></TxsSummry>`+"\n%s</Stmt>\n",
			day, camtSum(formula.Money{Minor: 7, Currency: currency}), camtSum(formula.Money{Minor: 7 + sum, Currency: currency}), n, entries.String())
	}
	b.WriteString("</BkToCstmrStmt></Document>")
	return []byte(b.String())
}

func camtSum(m formula.Money) string {
	sign := "CRDT"
	if m.Minor < 0 {
		m.Minor, sign = -m.Minor, "DBIT"
	}
	return fmt.Sprintf(`<Amt Ccy="%s">%s</Amt><CdtDbtInd>%s</CdtDbtInd>`, m.Currency, m.Value(), sign)
}

var formats = map[string]func([]Line) []byte{"csv": asCSV, "camt.053": asCamt}

func line(kind Kind, id string, minor int64, currency string) Line {
	return Line{Key: Key{kind, id}, Day: day, Amount: formula.Money{Minor: minor, Currency: currency}}
}

func TestAFileIsReadTheSameInBothFormats(t *testing.T) {
	lines := []Line{line(Payment, "co_1", 25000, "ILS"), line(Payment, "co_2", 5, "ILS"), line(Refund, "rf", -1, "ILS"), line(Payout, "po", -1234567, "JOD"), line(Return, "po", 1234567, "JOD")}
	for name, write := range formats {
		for _, want := range [][]Line{lines, nil} {
			got, err := Parse(write(want), day)
			if err != nil || len(got) != len(want) {
				t.Fatalf("%s: %v, %v", name, got, err)
			}
			for _, l := range want {
				if !slices.ContainsFunc(got, func(g Line) bool { return g.Key == l.Key && g.Amount == l.Amount && g.Day == day }) {
					t.Errorf("%s: %v lacks %v", name, got, l)
				}
			}
		}
	}
}

func TestWhatIsWrongWithAFileIsSaidAtItsPlace(t *testing.T) {
	csv := string(asCSV([]Line{line(Payment, "co_1", 25000, "ILS"), line(Refund, "rf", -1, "ILS")}))
	camt := string(asCamt([]Line{line(Refund, "rf", -100, "ILS"), line(Payout, "po", -500, "ILS")}))
	replace := func(of, old, with string) string {
		if !strings.Contains(of, old) {
			t.Fatalf("%q is not in %s", old, of)
		}
		return strings.Replace(of, old, with, 1)
	}
	const ntry = "Document/BkToCstmrStmt/Stmt/Ntry"
	for _, c := range []struct {
		file, element, problem string
		line                   int
	}{
		{"", "", "empty", 1},
		{"kind,day\n", "", "wrong number of fields", 1},
		{replace(csv, "day,kind,key", "day,key,kind"), "", "first line must be", 1},
		{replace(csv, "2026-11-21,payment", "2026-11-20,payment"), "day", "is 2026-11-20", 2},
		{replace(csv, "2026-11-21,payment", "21/11/2026,payment"), "day", "not a day", 2},
		{replace(csv, "payment", "fee"), "kind", "neither", 2},
		{replace(csv, "co_1", ""), "key", "1 to 100", 2},
		{replace(csv, "co_1", strings.Repeat("x", 101)), "key", "1 to 100", 2},
		{replace(csv, "250.00", "250.001"), "amount", "more decimals", 2},
		{replace(csv, "250.00", "1e3"), "amount", "not an amount", 2},
		{replace(csv, "250.00", "99999999999999999999"), "amount", "too large", 2},
		{replace(csv, "250.00,ILS", "250.00,XXX"), "amount", "unknown currency", 2},
		{replace(csv, "250.00", "-250.00"), "amount", "above zero", 2},
		{replace(csv, "-0.01", "0.00"), "amount", "below", 3},
		{replace(csv, "end,2", "end,3"), "key", `"3" lines`, 4},
		{csv + "2026-11-21,payment,co_9,1.00,ILS\n", "", "after the last line", 5},
		{csv[:strings.LastIndex(csv, "2026-11-21,end")], "", "cut off", 3},
		{replace(csv, "co_1", `"co_1`), "", "quote", 4},
		{replace(csv, "co_1", "co\xff"), "", "not UTF-8", 2},

		{replace(camt, "053.001.08", "053.001.02"), "Document", "only urn:iso:std:iso:20022:tech:xsd:camt.053.001.08", 2},
		{replace(camt, "<Document", "<!DOCTYPE Document [<!ENTITY a \"aaaa\">]>\n<Document"), "", "document type", 2},
		{replace(camt, "<MsgId>1", "<MsgId>&a;"), "Document/BkToCstmrStmt/GrpHdr/MsgId", "entity", 2},
		{replace(camt, "<GrpHdr>", "<?php 1?><GrpHdr>"), "Document/BkToCstmrStmt", "processing instruction", 2},
		{replace(camt, `encoding="UTF-8"`, `encoding="UTF-16"`), "", "encoding", 1},
		{replace(camt, "rf</EndToEndId>", "<!DOCTYPE a>rf</EndToEndId>"), ntry + "/NtryDtls/TxDtls/Refs/EndToEndId", "nothing but elements", 4},
		{replace(camt, "<MsgId>1</MsgId>", strings.Repeat("<a>", 30)), "", "too deep", 2},
		{replace(camt, "<Id>1</Id>", "<Bal>"+strings.Repeat("<a>", 30)), "", "too deep", 3},
		{replace(camt, "rf</EndToEndId>", strings.Repeat("x", 5000)+"</EndToEndId>"), ntry + "/NtryDtls/TxDtls/Refs/EndToEndId", "too long", 4},
		{replace(camt, ">1.00<", ">1.000<"), ntry + "/Amt", "more decimals", 4},
		{replace(camt, ">1.00<", ">-1.00<"), ntry + "/Amt", "above zero", 4},
		{replace(camt, `<Amt Ccy="ILS">1.00`, `<Amt>1.00`), ntry + "/Amt", "unknown currency", 4},
		{replace(camt, "<Cd>BOOK</Cd>", "<Cd>DONE</Cd>"), ntry + "/Sts/Cd", "neither BOOK", 4},
		{replace(camt, "<Cd>BOOK</Cd>", "<Cd>PDNG</Cd>"), "Document/BkToCstmrStmt/Stmt", "balances in ILS", 6},
		{replace(camt, "<Dt>2026-11-21", "<Dt>2026-11-22"), ntry + "/BookgDt/Dt", "is 2026-11-22", 4},
		{replace(camt, "<Cd>refund</Cd>", "<Cd>fee</Cd>"), ntry + "/BkTxCd/Prtry/Cd", "neither payment", 4},
		{replace(camt, "<EndToEndId>rf</EndToEndId>", ""), ntry + "/NtryDtls/TxDtls/Refs/EndToEndId", "missing", 4},
		{replace(camt, "DBIT</CdtDbtInd><Sts>", "DEBIT</CdtDbtInd><Sts>"), ntry + "/CdtDbtInd", "neither CRDT", 4},
		{replace(camt, "DBIT</CdtDbtInd><Sts>", "CRDT</CdtDbtInd><Sts>"), ntry + "/CdtDbtInd", "above zero", 4},
		{replace(camt, ">2</NbOfNtries>", ">3</NbOfNtries>"), "Document/BkToCstmrStmt/Stmt", "says 3 entries, and there are 2", 6},
		{replace(camt, "T00:00:00", "T00:00:00</FrDtTm><FrDtTm>"), "", "", 0},
		{replace(camt, "2026-11-21T00:00:00", "2026-11-20T00:00:00"), "Document/BkToCstmrStmt/Stmt/FrToDt/FrDtTm", "is not on 2026-11-21", 3},
		{camt[:strings.Index(camt, "</Stmt>")], "Document/BkToCstmrStmt/Stmt", "EOF", 6},
		{`<Document xmlns="` + camtNamespace + `"/>`, "", "there is no Document/BkToCstmrStmt/Stmt", 1},
		{camt + camt[strings.Index(camt, "<Document"):], "Document", "one Document", 7},
	} {
		_, err := Parse([]byte(c.file), day)
		wrong := (*FileError)(nil)
		if c.line == 0 { // a repeated element counts once: the first
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if !errors.As(err, &wrong) || wrong.Line != c.line || !strings.HasSuffix(wrong.Element, c.element) && c.element != "" || !strings.Contains(wrong.Problem, c.problem) {
			t.Errorf("%.60q: line %d %s %q; got %v", c.file, c.line, c.element, c.problem, err)
		}
	}
	if _, err := Parse(make([]byte, MaxFile+1), day); err == nil {
		t.Error("a file above the bound is read")
	}
}

func FuzzAFileIsReadOrRefused(f *testing.F) {
	for _, write := range formats {
		f.Add(write([]Line{line(Payment, "co_1", 25000, "ILS"), line(Refund, "rf", -1, "ILS")}))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		lines, err := Parse(body, day)
		if wrong := (*FileError)(nil); err != nil && (!errors.As(err, &wrong) || wrong.Line < 1 || lines != nil) {
			t.Errorf("%v, %v", lines, err)
		}
		for _, l := range lines {
			if column, problem := l.wrong(day, day, nil); problem != "" {
				t.Errorf("%v: %s %s", l, column, problem)
			}
		}
	})
}
