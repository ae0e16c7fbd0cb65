package form

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// limit is a least or greatest value of a day or of an amount of money. Those of numbers are the schema's; their text serves the sentence.
type limit struct {
	text   string // "" = none
	today  bool
	day    formula.Date
	amount formula.Money
}

func newLimit(f *plan.FormField, text, currency string) (l limit, err error) {
	l.text = text
	if text == "" {
		return l, nil
	}
	switch catalog.FieldType(f.Type) {
	case catalog.DateField:
		if l.today = text == "today"; !l.today {
			l.day, err = formula.ParseDate(text)
		}
	case catalog.MoneyField:
		if l.amount, err = formula.ParseMoney(strings.TrimSuffix(text, " "+currency) + " " + currency); err == nil {
			l.text = l.amount.Value()
		}
	case catalog.IntegerField, catalog.DecimalField:
		_, err = formula.ParseDecimal(text)
	default:
		err = fmt.Errorf("a limit of a %s", f.Type)
	}
	return l, err
}

// on gives the limit's words and compares a decoded value with it: -1 where the value is below.
func (l limit) on(today formula.Date, value any) (text string, sign int) {
	switch v := value.(type) {
	case formula.Date:
		day := l.day
		if l.today {
			day = today
		}
		if !day.Valid() {
			return "", 0
		}
		return day.String(), v.Cmp(day)
	case formula.Money:
		switch {
		case v.Minor < l.amount.Minor:
			return l.text, -1
		case v.Minor > l.amount.Minor:
			return l.text, 1
		}
	}
	return l.text, 0
}

// mediaTypes are the kinds of file that a definition may name.
var mediaTypes = map[string]string{"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}

// fileNames are the endings by which a browser offers files of a kind.
var fileNames = map[string]string{"pdf": ".pdf", "jpeg": ".jpg,.jpeg", "png": ".png"}

// kindsOfFile names the kinds as people do.
func kindsOfFile(words []string) string { return strings.ToUpper(strings.Join(words, ", ")) }

// megabytes writes a size with at most one decimal. Sizes that are whole in units of 1024 are read so.
func megabytes(bytes int64) string {
	unit := int64(1_000_000)
	if bytes%(1<<20) == 0 {
		unit = 1 << 20
	}
	return strconv.FormatFloat(float64(bytes*10/unit)/10, 'f', -1, 64)
}
