package ui

import (
	"regexp"
	"strconv"
	"strings"
)

// Money is an amount in the smallest unit of a currency, which is an ISO 4217 code: 25000 ILS is 250
// shekels, 25000 JOD is 25 dinars.
type Money struct {
	Minor    int64
	Currency string
}

// minorDigits names the currencies whose smallest unit is not a hundredth.
var minorDigits = map[string]int{
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"JPY": 0, "KRW": 0, "XAF": 0, "XOF": 0,
}

// written is an amount with its currency behind it.
var written = regexp.MustCompile(`^(-?[0-9]{1,15})(?:\.([0-9]{1,3}))? ([A-Z]{3})$`)

// ParseMoney reads "250.00 ILS"; false where it is no amount of that currency.
func ParseMoney(text string) (Money, bool) {
	parts := written.FindStringSubmatch(text)
	if parts == nil {
		return Money{}, false
	}
	digits := MinorDigits(parts[3])
	if len(parts[2]) > digits {
		return Money{}, false
	}
	minor, err := strconv.ParseInt(parts[1]+parts[2]+strings.Repeat("0", digits-len(parts[2])), 10, 64)
	return Money{Minor: minor, Currency: parts[3]}, err == nil
}

// MinorDigits is how many decimals a currency has.
func MinorDigits(currency string) int {
	if digits, ok := minorDigits[currency]; ok {
		return digits
	}
	return 2
}

// Money writes an amount with all its decimals and the currency's usual sign: ₪250.00, 250.00 شيكل.
func (l *Locale) Money(m Money) string {
	digits := MinorDigits(m.Currency)
	number := strconv.FormatInt(m.Minor, 10)
	sign := ""
	if m.Minor < 0 {
		sign, number = "−", number[1:]
	}
	for len(number) <= digits {
		number = "0" + number
	}
	whole, rest := number[:len(number)-digits], number[len(number)-digits:]
	amount := group(whole, l.T("number.group"))
	if digits > 0 {
		amount += l.T("number.decimal") + rest
	}
	if _, known := l.messages.find(l.lang, "currency."+m.Currency); !known {
		return strings.TrimSpace(sign + amount + "\u00a0" + m.Currency)
	}
	return sign + strings.Replace(l.T("currency."+m.Currency), "{amount}", amount, 1)
}

// CurrencyName is the sign or name that stands beside a box for an amount.
func (l *Locale) CurrencyName(currency string) string {
	if _, known := l.messages.find(l.lang, "currency."+currency); !known {
		return currency
	}
	return strings.Trim(strings.Replace(l.T("currency."+currency), "{amount}", "", 1), " \u00a0")
}
