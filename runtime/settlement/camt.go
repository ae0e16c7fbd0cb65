package settlement

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
)

// camtNamespace is the one version that is read: another one may mean something else by the same names.
const camtNamespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

// Bounds of one entry and of the tree that it stands in.
const (
	maxDepth = 24
	maxText  = 4 << 10
)

// element is one of the statement, with what stands in it.
type element struct {
	name     string
	line     int
	text     strings.Builder
	currency string // attribute Ccy
	children []*element
}

// kept are the elements of a statement that are read; everything else is passed over.
var kept = []string{"Bal", "Ntry", "TxsSummry", "FrToDt"}

// camtReader reads a file element by element, so that only one entry at a time is in memory.
type camtReader struct {
	d     *xml.Decoder
	day   string
	bank  bool // deposits of cash are read, by their ISO code, and everything else is passed over
	path  []string
	lines []Line
	sums  map[string]int64 // booked in the statement, by currency
	bals  map[string]map[string]int64
	count int
	told  int // entries, as TxsSummry says; -1 = it does not
}

// parseCamt reads camt.053.001.08. There is no document type, so there are no entities but XML's own five, and nothing outside of the file is
// opened.
func parseCamt(body []byte, day string, bank bool) ([]Line, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = true
	r := &camtReader{d: d, day: day, bank: bank, told: -1}
	statements, ended := 0, false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, r.syntax(err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, r.wrong("a document type is not allowed")
		case xml.ProcInst:
			if t.Target != "xml" {
				return nil, r.wrong("a processing instruction is not allowed")
			}
		case xml.CharData:
			if len(r.path) == 0 && len(bytes.TrimSpace(t)) > 0 {
				return nil, r.wrong("text outside of the document")
			}
		case xml.StartElement:
			if err := r.enter(t); err != nil {
				return nil, err
			}
			switch at := strings.Join(r.path, "/"); {
			case len(r.path) == 1 && (at != "Document" || ended):
				return nil, r.wrong("the file must be one Document")
			case at == "Document/BkToCstmrStmt/Stmt":
				statements++
				r.sums, r.bals, r.count, r.told = map[string]int64{}, map[string]map[string]int64{}, 0, -1
			case len(r.path) == 4 && strings.HasPrefix(at, "Document/BkToCstmrStmt/Stmt/") && slices.Contains(kept, t.Name.Local):
				e, err := r.tree(t)
				if err != nil {
					return nil, err
				}
				if err := r.take(e); err != nil {
					return nil, err
				}
				r.path = r.path[:len(r.path)-1]
			}
		case xml.EndElement:
			if strings.Join(r.path, "/") == "Document/BkToCstmrStmt/Stmt" {
				if err := r.end(); err != nil {
					return nil, err
				}
			}
			r.path = r.path[:len(r.path)-1]
			ended = ended || len(r.path) == 0
		}
	}
	if statements == 0 {
		return nil, r.wrong("there is no Document/BkToCstmrStmt/Stmt")
	}
	return r.lines, nil
}

func (r *camtReader) enter(t xml.StartElement) error {
	r.path = append(r.path, t.Name.Local)
	switch {
	case t.Name.Space != camtNamespace:
		return r.wrong(fmt.Sprintf("its namespace is %.100q; only %s is read", t.Name.Space, camtNamespace))
	case len(r.path) > maxDepth:
		return r.wrong("too deep")
	}
	return nil
}

// tree reads an element to its end.
func (r *camtReader) tree(t xml.StartElement) (*element, error) {
	line, _ := r.d.InputPos()
	e := &element{name: t.Name.Local, line: line}
	for _, a := range t.Attr {
		if a.Name.Local == "Ccy" && a.Name.Space == "" {
			e.currency = a.Value
		}
	}
	for {
		token, err := r.d.Token()
		if err != nil {
			return nil, r.syntax(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := r.enter(t); err != nil {
				return nil, err
			}
			child, err := r.tree(t)
			if err != nil {
				return nil, err
			}
			r.path = r.path[:len(r.path)-1]
			e.children = append(e.children, child)
		case xml.CharData:
			if e.text.Len()+len(t) > maxText {
				return nil, r.wrong("its text is too long")
			}
			e.text.Write(t)
		case xml.Directive, xml.ProcInst:
			return nil, r.wrong("nothing but elements is allowed here")
		case xml.EndElement:
			return e, nil
		}
	}
}

// take reads one of the kept elements of a statement.
func (r *camtReader) take(e *element) error {
	switch e.name {
	case "TxsSummry":
		n := e.at("TtlNtries", "NbOfNtries")
		if n == nil {
			return nil
		}
		told, err := strconv.Atoi(n.value())
		if err != nil || told < 0 {
			return r.at(n, "TxsSummry/TtlNtries/NbOfNtries", "not a number")
		}
		r.told = told
		return nil
	case "FrToDt":
		if from := e.at("FrDtTm"); from != nil && !strings.HasPrefix(from.value(), r.day) {
			return r.at(from, "FrToDt/FrDtTm", "is not on "+r.day)
		}
		return nil
	case "Bal":
		return r.balance(e)
	}
	return r.entry(e)
}

// balance keeps the opening and the closing balance.
func (r *camtReader) balance(e *element) error {
	code := e.at("Tp", "CdOrPrtry", "Cd")
	if code == nil || code.value() != "OPBD" && code.value() != "CLBD" {
		return nil
	}
	amount, err := r.amount(e, "Bal", true)
	if err != nil {
		return err
	}
	if r.bals[code.value()] == nil {
		r.bals[code.value()] = map[string]int64{}
	}
	if _, twice := r.bals[code.value()][amount.Currency]; twice {
		return r.at(e, "Bal", "the balance "+code.value()+" is there twice")
	}
	r.bals[code.value()][amount.Currency] = amount.Minor
	return nil
}

// amount reads Amt with its sign.
func (r *camtReader) amount(e *element, path string, zero bool) (formula.Money, error) {
	amt, sign := e.at("Amt"), e.at("CdtDbtInd")
	if amt == nil {
		return formula.Money{}, r.at(e, path+"/Amt", "is missing")
	}
	m, err := formula.ParseMoney(amt.value() + " " + amt.currency)
	switch {
	case err != nil:
		return m, r.at(amt, path+"/Amt", err.Error())
	case m.Minor < 0 || m.Minor == 0 && !zero:
		return m, r.at(amt, path+"/Amt", "must be above zero; CdtDbtInd has the sign")
	case sign == nil:
		return m, r.at(e, path+"/CdtDbtInd", "is missing")
	}
	switch sign.value() {
	case "CRDT":
	case "DBIT":
		m.Minor = -m.Minor
	default:
		return m, r.at(sign, path+"/CdtDbtInd", "is neither CRDT nor DBIT")
	}
	return m, nil
}

// entry reads Ntry: one movement, or a batch of them.
func (r *camtReader) entry(e *element) error {
	r.count++
	status := e.at("Sts", "Cd")
	switch {
	case status == nil:
		return r.at(e, "Ntry/Sts/Cd", "is missing")
	case status.value() == "PDNG" || status.value() == "INFO" || status.value() == "FUTR": // nothing has moved yet
		return nil
	case status.value() != "BOOK":
		return r.at(status, "Ntry/Sts/Cd", "is neither BOOK, PDNG, INFO nor FUTR")
	}
	booked := e.at("BookgDt", "Dt")
	if booked == nil {
		return r.at(e, "Ntry/BookgDt/Dt", "is missing")
	}
	whole, err := r.amount(e, "Ntry", false)
	if err != nil {
		return err
	}
	if r.sums[whole.Currency], err = r.plus(r.sums[whole.Currency], whole.Minor, e); err != nil {
		return err
	}
	if r.bank && !cash(e.at("BkTxCd", "Domn")) {
		return nil
	}
	var details []*element
	for _, d := range e.all("NtryDtls") {
		details = append(details, d.all("TxDtls")...)
	}
	if len(details) == 0 && r.bank {
		details = []*element{e}
	}
	if len(details) == 0 {
		return r.at(e, "Ntry/NtryDtls/TxDtls", "is missing: there is nothing to know the movement by")
	}
	var sum int64
	for _, d := range details {
		amount := whole
		if len(details) > 1 || d != e && d.at("Amt") != nil {
			if amount, err = r.amount(d, "Ntry/NtryDtls/TxDtls", false); err != nil {
				return err
			}
			if amount.Currency != whole.Currency {
				return r.at(d, "Ntry/NtryDtls/TxDtls/Amt", "is in another currency than its entry")
			}
		}
		if sum, err = r.plus(sum, amount.Minor, d); err != nil {
			return err
		}
		if err := r.movement(e, d, booked.value(), amount); err != nil {
			return err
		}
	}
	if sum != whole.Minor {
		return r.at(e, "Ntry/Amt", "is not the sum of its details")
	}
	return nil
}

// movement reads TxDtls. What it is stands in the code of the transaction, of the details or of their entry, as the provider writes it.
func (r *camtReader) movement(e, d *element, booked string, amount formula.Money) error {
	if r.bank {
		return r.deposit(e, d, booked, amount)
	}
	code := d.at("BkTxCd", "Prtry", "Cd")
	if code == nil {
		code = e.at("BkTxCd", "Prtry", "Cd")
	}
	key := d.at("Refs", "EndToEndId")
	switch {
	case code == nil:
		return r.at(e, "Ntry/BkTxCd/Prtry/Cd", "is missing")
	case key == nil:
		return r.at(d, "Ntry/NtryDtls/TxDtls/Refs/EndToEndId", "is missing")
	}
	return r.line(e, Key{Kind(code.value()), key.value()}, booked, amount)
}

// line keeps a movement.
func (r *camtReader) line(e *element, key Key, booked string, amount formula.Money) error {
	if len(r.lines) == maxLines {
		return r.at(e, "Ntry", fmt.Sprintf("more than %d movements", maxLines))
	}
	line := Line{Key: key, Day: r.day, Number: len(r.lines) + 1, Amount: amount}
	if column, problem := line.wrong(r.day, booked, nil); problem != "" {
		where := map[string]string{"day": "BookgDt/Dt", "kind": "BkTxCd/Prtry/Cd", "key": "NtryDtls/TxDtls/Refs/EndToEndId", "amount": "CdtDbtInd"}[column]
		return r.at(e, "Ntry/"+where, problem)
	}
	r.lines = append(r.lines, line)
	return nil
}

// cash tells whether a code of the domain is that of cash brought to the counter: External Bank Transaction Codes of ISO 20022.
func cash(domain *element) bool {
	if domain == nil {
		return false
	}
	code, family, sub := domain.at("Cd"), domain.at("Fmly", "Cd"), domain.at("Fmly", "SubFmlyCd")
	return code != nil && family != nil && sub != nil && code.value() == "PMNT" && family.value() == "CNTR" && sub.value() == "CDPT"
}

// slips are where a bank writes the number of the slip: the first that is there counts.
var slips = [][]string{{"Refs", "EndToEndId"}, {"Refs", "ChqNb"}, {"Refs", "AcctSvcrRef"}, {"AcctSvcrRef"}}

// deposit reads the details of a cash deposit, or the entry itself where it has none.
func (r *camtReader) deposit(e, d *element, booked string, amount formula.Money) error {
	for _, from := range []*element{d, e} {
		for _, path := range slips {
			if slip := from.at(path...); slip != nil && slip.value() != "" && slip.value() != "NOTPROVIDED" {
				return r.line(e, Key{Deposit, slip.value()}, booked, amount)
			}
		}
	}
	return r.at(e, "Ntry/NtryDtls/TxDtls/Refs/EndToEndId", "is missing: there is no number of a slip")
}

// end compares what a statement says of itself with what stands in it: a file that was cut off and mended by hand does not pass.
func (r *camtReader) end() error {
	if r.told >= 0 && r.told != r.count {
		return r.wrong(fmt.Sprintf("TxsSummry says %d entries, and there are %d", r.told, r.count))
	}
	for currency, open := range r.bals["OPBD"] {
		closing, there := r.bals["CLBD"][currency]
		if !there {
			return r.wrong("it has an opening balance in " + currency + " and no closing one")
		}
		should, err := r.plus(open, r.sums[currency], nil)
		if err != nil {
			return err
		}
		if should != closing {
			return r.wrong("the balances in " + currency + " differ by something else than the entries")
		}
	}
	return nil
}

// plus adds within the bounds of an amount.
func (r *camtReader) plus(a, b int64, at *element) (int64, error) {
	sum := a + b
	if (a > 0) == (b > 0) && (sum > 0) != (a > 0) && a != 0 && b != 0 {
		if at == nil {
			return 0, r.wrong("the sum is too large")
		}
		return 0, r.at(at, at.name, "the sum is too large")
	}
	return sum, nil
}

func (r *camtReader) wrong(problem string) error {
	line, _ := r.d.InputPos()
	return &FileError{line, strings.Join(r.path, "/"), problem}
}

func (r *camtReader) at(e *element, path, problem string) error {
	return &FileError{e.line, "Document/BkToCstmrStmt/Stmt/" + path, problem}
}

func (r *camtReader) syntax(err error) error {
	line, _ := r.d.InputPos()
	problem := err.Error()
	if s := (*xml.SyntaxError)(nil); errors.As(err, &s) {
		line, problem = s.Line, s.Msg
	}
	if errors.Is(err, io.EOF) {
		problem = "the file ends within an element: it was cut off"
	}
	return &FileError{line, strings.Join(r.path, "/"), problem}
}

func (e *element) value() string { return strings.TrimSpace(e.text.String()) }

// at is the first element at a path, or nil.
func (e *element) at(path ...string) *element {
	for _, name := range path {
		i := slices.IndexFunc(e.children, func(c *element) bool { return c.name == name })
		if i < 0 {
			return nil
		}
		e = e.children[i]
	}
	return e
}

func (e *element) all(name string) (out []*element) {
	for _, c := range e.children {
		if c.name == name {
			out = append(out, c)
		}
	}
	return out
}
