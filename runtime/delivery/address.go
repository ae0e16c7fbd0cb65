package delivery

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Address is where a paper is posted to.
type Address struct {
	Name     string `json:"name"`
	Street   string `json:"street"` // with the building, and how to find it
	Town     string `json:"town"`
	Postcode string `json:"postcode,omitempty"`
	Phone    string `json:"phone,omitempty"` // that the carrier calls
}

// Bounds of the parts of an address, in letters.
const (
	MostName     = 100
	MostStreet   = 200
	MostTown     = 100
	MostPostcode = 12
	MostPhone    = 20
)

// Wrong names the parts of an address that cannot be: name, street, town, postcode, phone.
func (a Address) Wrong() (parts []string) {
	for _, p := range []struct {
		name, value string
		most        int
		needed      bool
		only        string
	}{
		{"name", a.Name, MostName, true, ""}, {"street", a.Street, MostStreet, true, ""}, {"town", a.Town, MostTown, true, ""},
		{"postcode", a.Postcode, MostPostcode, false, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -"}, {"phone", a.Phone, MostPhone, false, "0123456789+ -()"},
	} {
		bad := p.needed && strings.TrimSpace(p.value) == "" || utf8.RuneCountInString(p.value) > p.most || strings.IndexFunc(p.value, unicode.IsControl) >= 0 || !utf8.ValidString(p.value)
		if bad || p.only != "" && strings.Trim(strings.ToUpper(p.value), p.only) != "" {
			parts = append(parts, p.name)
		}
	}
	return parts
}
