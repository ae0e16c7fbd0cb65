package application_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/application"
)

func TestOnceGivesEveryRepeatTheFirstAnswer(t *testing.T) {
	o := newOffice(t)
	ran := 0
	failing := errors.New("failed")
	once := func(key, route string, err error) (int, string, error) {
		status, body, err := o.book.Once(t.Context(), "me", key, route, []byte("body"), func(context.Context) (int, []byte, error) {
			ran++
			return 201, []byte("made"), err
		})
		return status, string(body), err
	}
	if _, _, err := once("k", "/a", failing); !errors.Is(err, failing) {
		t.Fatalf("%v, want the error", err)
	}
	for range 3 {
		if status, body, err := once("k", "/a", nil); status != 201 || body != "made" || err != nil {
			t.Errorf("%d %s %v", status, body, err)
		}
	}
	if ran != 2 {
		t.Errorf("ran %d times, want the failed time and one more", ran)
	}
	if _, _, err := once("k", "/b", nil); !errors.Is(err, application.ErrKeyReused) {
		t.Errorf("another route: %v", err)
	}
	var inner error
	_, _, err := o.book.Once(t.Context(), "me", "slow", "/a", nil, func(ctx context.Context) (int, []byte, error) {
		_, _, inner = o.book.Once(ctx, "me", "slow", "/a", nil, nil)
		return 200, nil, nil
	})
	if err != nil || !errors.Is(inner, application.ErrUnderway) {
		t.Errorf("%v; while it runs: %v", err, inner)
	}
}

func TestAllOldKeysAreForgottenAtOnce(t *testing.T) {
	o := newOffice(t)
	_, err := o.pool.Exec(t.Context(), `INSERT INTO idempotency (actor, key, route, request, at)
		SELECT 'a', n::text, 'r', '', now() - CASE WHEN n > 2 THEN interval '2 hours' ELSE '0' END FROM generate_series(1, 11002) n`)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.book.ForgetKeys(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if n := o.count("SELECT count(*) FROM idempotency"); n != 2 {
		t.Errorf("%d keys are left, want the 2 of this hour", n)
	}
}

func TestReferencesSurviveBeingCopiedByHand(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.submitted()
	for _, written := range []string{v.Reference, strings.ToLower(v.Reference), strings.ReplaceAll(v.Reference, "-", " "),
		strings.NewReplacer("0", "O", "1", "l").Replace(v.Reference)} {
		if found, err := o.book.ByReference(t.Context(), officer, written); err != nil || found.ID != v.ID {
			t.Errorf("%q: %v", written, err)
		}
	}
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	for i := range v.Reference {
		if i == 4 {
			continue
		}
		for _, c := range alphabet {
			if wrong := v.Reference[:i] + string(c) + v.Reference[i+1:]; wrong != v.Reference {
				if _, ok := application.ParseReference(wrong); ok {
					t.Errorf("%s is taken for a reference beside %s", wrong, v.Reference)
				}
			}
		}
	}
}
