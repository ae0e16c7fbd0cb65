package designer

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// amountPart sets what a fee amounts to without a formula: a fixed sum, or a sum for each band of a number.
type amountPart struct {
	Currency string
	Fixed    string
	Over     []ui.Option // what the bands are over; nothing where no number is asked
	Bands    []band
	Above    string // what is paid above the last band
}

// band is what is paid up to a number. Its row is empty where there is none yet.
type band struct {
	Number int // of the row, from 1
	UpTo   string
	Amount string
}

// Controls of an amount.
const (
	fixedControl  = "amount.fixed"
	overControl   = "amount.over"
	upToControl   = "amount.upTo."
	bandControl   = "amount.band."
	aboveControl  = "amount.above"
	mostBands     = 12
	spareBands    = 2
	fixedAmount   = "fixed"
	amountByBands = "bands"
)

var (
	fixedForm = regexp.MustCompile(`^money\("([0-9.]+) [A-Z]{3}"\)$`)
	bandForm  = regexp.MustCompile(`^(\S+) <= ([0-9.]+) \? money\("([0-9.]+) [A-Z]{3}"\) : `)
	// decimalComma is a number that can only have a comma for its decimals: before three digits it could stand for thousands.
	decimalComma = regexp.MustCompile(`^[0-9]+,[0-9]{1,2}$`)
	plainSum     = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,4})?$`)
	errAmount    = errors.New("designer: an amount that cannot be read")
	errBanding   = errors.New("designer: bands whose ends do not go up")
)

// amountPart is that of a fee; nil where something else is selected.
func (b *workbench) amountPart(n *source.Node, t reflect.Type) *amountPart {
	if t != reflect.TypeFor[catalog.Fee]() || !b.editable {
		return nil
	}
	now := ""
	if _, amount := n.Get("amount"); amount != nil {
		now = amount.Value
	}
	part := &amountPart{Currency: b.c.Settings.Currency.Value}
	over := ""
	for m := bandForm.FindStringSubmatch(now); m != nil && (over == "" || over == m[1]); m = bandForm.FindStringSubmatch(now) {
		over = m[1]
		part.Bands = append(part.Bands, band{len(part.Bands) + 1, m[2], m[3]})
		now = strings.TrimPrefix(now, m[0])
	}
	if m := fixedForm.FindStringSubmatch(now); m != nil {
		if over == "" {
			part.Fixed = m[1]
		} else {
			part.Above = m[1]
		}
	}
	for range spareBands {
		if len(part.Bands) < mostBands {
			part.Bands = append(part.Bands, band{Number: len(part.Bands) + 1})
		}
	}
	for _, c := range b.numbers() {
		part.Over = append(part.Over, ui.Option{Value: c.Code, Text: c.Title, Selected: c.Code == over})
	}
	return part
}

// numbers are what bands may be over: whole and decimal numbers that are always answered.
func (b *workbench) numbers() (out []named) {
	if b.service == nil {
		return nil
	}
	for _, f := range b.service.Fields() {
		if (f.Type == catalog.IntegerField || f.Type == catalog.DecimalField) && !f.Optional && f.When.IsZero() && f.Require.IsZero() && f.Unit.IsZero() {
			out = append(out, named{"form." + f.Code.Value, b.say(f.Label)})
		}
	}
	return out
}

// amount is the edit that sets what a fee amounts to.
func (b *workbench) amount() (edit.Do, string, error) {
	n, t := typeAt(b.root, b.kind, b.at)
	if n == nil || t != reflect.TypeFor[catalog.Fee]() {
		return nil, "", edit.ErrGone
	}
	form := b.r.PostForm
	formula := ""
	switch form.Get("how") {
	case fixedAmount:
		sum, err := b.sum(form.Get(fixedControl))
		if err != nil {
			return nil, "", err
		}
		formula = sum
	case amountByBands:
		over := form.Get(overControl)
		if !slices.ContainsFunc(b.numbers(), func(c named) bool { return c.Code == over }) {
			return nil, "", errAmount
		}
		last := -1.0
		for i := 1; i <= mostBands; i++ {
			end, sum := numberOf(form.Get(upToControl+strconv.Itoa(i))), form.Get(bandControl+strconv.Itoa(i))
			if end == "" && strings.TrimSpace(sum) == "" {
				continue
			}
			amount, err := b.sum(sum)
			at, bad := strconv.ParseFloat(end, 64)
			if err != nil || bad != nil || !plainSum.MatchString(end) {
				return nil, "", errAmount
			}
			if at <= last {
				return nil, "", errBanding
			}
			last = at
			formula += fmt.Sprintf("%s <= %s ? %s : ", over, end, amount)
		}
		above, err := b.sum(form.Get(aboveControl))
		if err != nil || formula == "" {
			return nil, "", errAmount
		}
		formula += above
	default:
		return nil, "", errAmount
	}
	return edit.Set(b.file, b.at.To("amount"), formula, orderOf(t)), b.at.String(), nil
}

// numberOf is a number as definitions write it, of one that somebody has typed in the digits of their language.
func numberOf(typed string) string {
	text := strings.ReplaceAll(source.PlainDigits(strings.TrimSpace(typed)), " ", "")
	if decimalComma.MatchString(text) {
		return strings.Replace(text, ",", ".", 1)
	}
	return text
}

// sum is an amount of money as formulas write it.
func (b *workbench) sum(typed string) (string, error) {
	amount, err := amountOf(typed, b.c.Settings.Currency.Value)
	return `money("` + amount + `")`, err
}

// amountOf is a sum that somebody has typed, as definitions write money.
func amountOf(typed, currency string) (string, error) {
	text := numberOf(typed)
	if !plainSum.MatchString(text) {
		return "", errAmount
	}
	digits := ui.MinorDigits(currency)
	whole, part, _ := strings.Cut(text, ".")
	if part = strings.TrimRight(part, "0"); len(part) > digits {
		return "", errAmount
	}
	if digits > 0 {
		whole += "." + part + strings.Repeat("0", digits-len(part))
	}
	return whole + " " + currency, nil
}
