package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Person is who is asking, as the issuer attested it at the last sign-in.
type Person struct {
	ID             uuid.UUID
	Name           map[string]string // by language
	NationalNumber string            // "" where the issuer attests none
	BirthDate      string            // YYYY-MM-DD or ""
	Sex            string            // female, male or ""
	Capacities     []string          // authority:role, sorted
	Officer        bool              // has a capacity
	Authority      string            // of an officer, where the issuer says one
	// Delegated are those of Capacities that the person holds only because an officer has delegated them, with that officer.
	Delegated map[string]uuid.UUID
}

// Facts are what a form's formulas may read of the applicant: nationalNumber, name, birthDate and sex. What is not attested is absent.
func (p *Person) Facts() map[string]any {
	facts := map[string]any{}
	for key, value := range map[string]string{"nationalNumber": p.NationalNumber, "name": p.DisplayName("ar"), "birthDate": p.BirthDate, "sex": p.Sex} {
		if value != "" {
			facts[key] = value
		}
	}
	return facts
}

// DisplayName is the name in a language, else in another one.
func (p *Person) DisplayName(language string) string {
	return cmp.Or(p.Name[language], p.Name["ar"], p.Name["en"])
}

// claims are what the issuer says, in an identity token and in a bearer token alike.
type claims struct {
	Subject        string   `json:"sub"`
	Name           string   `json:"name"`
	NameArabic     string   `json:"name_ar"`
	NationalNumber string   `json:"national_number"`
	BirthDate      string   `json:"birthdate"`
	Gender         string   `json:"gender"`
	Roles          []string `json:"roles"`
	Authority      string   `json:"authority"`
}

// attested is what is stored of a person beside the capacities.
type attested struct {
	Name           map[string]string `json:"name"`
	NationalNumber string            `json:"nationalNumber,omitempty"`
	BirthDate      string            `json:"birthDate,omitempty"`
	Sex            string            `json:"sex,omitempty"`
	Authority      string            `json:"authority,omitempty"`
}

var (
	birthDate = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`) // OpenID also allows 0000 and a year alone
	capacity  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,62}:[a-z0-9][a-z0-9.-]{0,62}$`)
)

const maxCapacities = 100

func (c claims) attested() attested {
	a := attested{Name: map[string]string{}, NationalNumber: c.NationalNumber, Authority: c.Authority}
	for language, name := range map[string]string{"ar": c.NameArabic, "en": c.Name} {
		if name != "" {
			a.Name[language] = name
		}
	}
	if birthDate.MatchString(c.BirthDate) && !strings.HasPrefix(c.BirthDate, "0000") {
		a.BirthDate = c.BirthDate
	}
	if c.Gender == "female" || c.Gender == "male" {
		a.Sex = c.Gender
	}
	return a
}

// capacities are the roles as authority:role; one without an authority belongs to the person's own. What is not of that form is dropped.
func (c claims) capacities() []string {
	out := []string{}
	for _, role := range c.Roles {
		if !strings.Contains(role, ":") {
			role = c.Authority + ":" + role
		}
		if capacity.MatchString(role) && len(out) < maxCapacities {
			out = append(out, role)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func personOf(id uuid.UUID, facts []byte, capacities []string) (*Person, error) {
	var a attested
	if err := json.Unmarshal(facts, &a); err != nil {
		return nil, err
	}
	return &Person{ID: id, Name: a.Name, NationalNumber: a.NationalNumber, BirthDate: a.BirthDate, Sex: a.Sex,
		Capacities: capacities, Officer: len(capacities) > 0, Authority: a.Authority}, nil
}

type contextKey struct{}

// FromContext gives the person whom Load found; false when nobody is signed in.
func FromContext(ctx context.Context) (*Person, bool) {
	p, ok := ctx.Value(contextKey{}).(*Person)
	return p, ok
}

// WithPerson is the context in which that person asks; Load uses it, and tests of pages do.
func WithPerson(ctx context.Context, p *Person) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}
