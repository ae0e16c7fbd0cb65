package identity_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

func (s *site) byNumber(number string) (p *identity.Person, err error) {
	s.Helper()
	err = postgres.InTx(s.Context(), s.pool, func(tx pgx.Tx) (err error) {
		p, err = identity.ByNumber(s.Context(), tx, number)
		return err
	})
	return p, err
}

func TestWhatIsBegunForANumberIsTheirsFromTheirFirstSignIn(t *testing.T) {
	s := newSite(t)
	before, err := s.byNumber(" 912345678 ")
	if err != nil || before.NationalNumber != "912345678" || len(before.Facts()) != 1 {
		t.Fatalf("%+v, %v", before, err)
	}
	if again, err := s.byNumber("912345678"); err != nil || again.ID != before.ID {
		t.Errorf("%+v, %v", again, err)
	}
	b := s.browser()
	if _, _, body := b.do("GET", "/mine"); !strings.HasPrefix(body, "Amal Khaled") {
		t.Fatal(body)
	}
	after, err := s.byNumber("912345678")
	if err != nil || after.ID != before.ID || after.DisplayName("en") != "Amal Khaled" {
		t.Errorf("%+v, %v", after, err)
	}
	var people int
	if err := s.pool.QueryRow(t.Context(), "SELECT count(*) FROM person").Scan(&people); err != nil || people != 1 {
		t.Errorf("%d people, %v", people, err)
	}
}

func TestWhoHasSignedInIsFoundByNumberAndNothingElseIsANumber(t *testing.T) {
	s := newSite(t)
	s.browser().do("GET", "/mine")
	p, err := s.byNumber("912345678")
	if err != nil || p.DisplayName("en") != "Amal Khaled" {
		t.Errorf("%+v, %v", p, err)
	}
	for _, number := range []string{"", "  ", strings.Repeat("9", 65), "9\x00"} {
		if _, err := s.byNumber(number); !errors.Is(err, identity.ErrNumber) {
			t.Errorf("%q: %v", number, err)
		}
	}
}
