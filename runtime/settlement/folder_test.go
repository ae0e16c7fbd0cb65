package settlement

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// bankEntry is an entry of a bank's statement, by its ISO code and with what follows the status.
func bankEntry(code [3]string, amount, sign, rest string) string {
	return fmt.Sprintf(`<Ntry><Amt Ccy="ILS">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-21</Dt></BookgDt>
		<BkTxCd><Domn><Cd>%s</Cd><Fmly><Cd>%s</Cd><SubFmlyCd>%s</SubFmlyCd></Fmly></Domn></BkTxCd>%s</Ntry>`, amount, sign, code[0], code[1], code[2], rest)
}

func bankStatement(entries ...string) []byte {
	return []byte(`<?xml version="1.0"?><Document xmlns="` + camtNamespace + `"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id>` + strings.Join(entries, "") + `</Stmt></BkToCstmrStmt></Document>`)
}

var (
	toCounter = [3]string{"PMNT", "CNTR", "CDPT"}
	transfer  = [3]string{"PMNT", "RCDT", "ESCT"}
)

func TestABanksStatementIsReadForItsDepositsOfCash(t *testing.T) {
	slip := func(name string) string {
		return "<NtryDtls><TxDtls><Refs><EndToEndId>" + name + "</EndToEndId></Refs></TxDtls></NtryDtls>"
	}
	part := func(name, amount string) string {
		return `<TxDtls><Refs><EndToEndId>` + name + `</EndToEndId></Refs><Amt Ccy="ILS">` + amount + `</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>`
	}
	body := bankStatement(
		bankEntry(toCounter, "280.00", "CRDT", slip("S-1")),
		bankEntry(transfer, "9000.00", "CRDT", slip("a transfer that is none of ours")),
		bankEntry(transfer, "1.00", "DBIT", ""),
		bankEntry(toCounter, "30.00", "CRDT", "<NtryDtls>"+part("S-2", "10.00")+part("S-3", "20.00")+"</NtryDtls>"),
		bankEntry(toCounter, "5.00", "CRDT", "<AcctSvcrRef>S-4</AcctSvcrRef>"),
		bankEntry(toCounter, "6.00", "CRDT", "<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId><ChqNb>S-5</ChqNb></Refs></TxDtls></NtryDtls>"),
		bankEntry(toCounter, "2.00", "DBIT", slip("S-1")),
	)
	lines, err := Folder("").Parse(body, "2026-11-21")
	var got []string
	for _, l := range lines {
		got = append(got, fmt.Sprintf("%d %s %s %s", l.Number, l.Kind, l.ID, l.Amount))
	}
	want := []string{"1 deposit S-1 ILS 280.00 ILS", "2 deposit S-2 ILS 10.00 ILS", "3 deposit S-3 ILS 20.00 ILS", "4 deposit S-4 ILS 5.00 ILS", "5 deposit S-5 ILS 6.00 ILS", "6 deposit S-1 ILS -2.00 ILS"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for what, broken := range map[string][]byte{
		"no slip": bankStatement(bankEntry(toCounter, "1.00", "CRDT", "")), "parts that do not sum": bankStatement(bankEntry(toCounter, "31.00", "CRDT", "<NtryDtls>"+part("S-2", "10.00")+part("S-3", "20.00")+"</NtryDtls>")),
		"another day":                  []byte(strings.Replace(string(body), "2026-11-21", "2026-11-22", 1)),
		"a movement that has no bound": bankStatement(bankEntry(toCounter, "99999999999999999999.00", "CRDT", slip("S-1"))),
	} {
		var wrong *FileError
		if lines, err := Folder("").Parse(broken, "2026-11-21"); !errors.As(err, &wrong) || lines != nil {
			t.Errorf("%s: %v, %v", what, lines, err)
		}
	}
	lines, err = Folder("").Parse([]byte("day,kind,key,amount,currency\n2026-11-21,deposit,S-1,280.00,ILS\n2026-11-21,deposit,S-1,1.500,JOD\n2026-11-21,end,2,,\n"), "2026-11-21")
	if err != nil || len(lines) != 2 || lines[0].ID != "S-1 ILS" || lines[1].ID != "S-1 JOD" {
		t.Errorf("%v, %v", lines, err)
	}
}

func TestADayWithoutAStatementIsEmptyOnceALaterOneIsThere(t *testing.T) {
	folder := t.TempDir()
	f := Folder(folder)
	if body, err := f.File(t.Context(), "2026-11-20"); body != nil || err != nil {
		t.Errorf("%q, %v", body, err)
	}
	for _, name := range []string{"2026-11-30.txt", "notes.xml", "2026-11-19.xml"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if body, err := f.File(t.Context(), "2026-11-20"); body != nil || err != nil {
		t.Errorf("what is no later statement counts: %q, %v", body, err)
	}
	if err := os.WriteFile(filepath.Join(folder, "2026-11-21.csv"), []byte("later"), 0o600); err != nil {
		t.Fatal(err)
	}
	body, err := f.File(t.Context(), "2026-11-20")
	if err != nil {
		t.Fatal(err)
	}
	if lines, err := f.Parse(body, "2026-11-20"); err != nil || len(lines) != 0 {
		t.Errorf("%v, %v of %q", lines, err, body)
	}
	if body, err := f.File(t.Context(), "2026-11-21"); string(body) != "later" || err != nil {
		t.Errorf("%q, %v", body, err)
	}
	if _, err := f.File(t.Context(), "../2026-11-21"); err == nil {
		t.Error("a file outside of the folder is read")
	}
	if _, err := Folder(filepath.Join(folder, "none")).File(t.Context(), "2026-11-21"); err == nil {
		t.Error("a folder that is not there says nothing")
	}
}
