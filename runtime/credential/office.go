package credential

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/go-jose/go-jose/v4"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Errors of this package, for errors.Is.
var (
	// ErrNotValid: the paper is not valid now, so no wallet gets it.
	ErrNotValid = errors.New("credential: the paper is not valid")
	// ErrTooMany: the paper has been offered or given to wallets too often.
	ErrTooMany = errors.New("credential: too many offers of one paper")
)

// Papers is what is needed of *document.Archive.
type Papers interface {
	// Claimed gives a paper with what a wallet gets of it; document.ErrNotFound where there is no such paper or it has nothing for a wallet.
	Claimed(ctx context.Context, id string) (document.Claimed, error)
	Verify(ctx context.Context, id string) (document.Verification, error)
}

// Type is one kind of paper that wallets get, as the current release declares it.
type Type struct {
	Code   string // of the document
	Title  plan.Text
	Claims []TypeClaim
}

// TypeClaim is one thing that it says.
type TypeClaim struct {
	Name, Kind string
	Label      plan.Text
}

// Options of an Office. Now and Log may be left out.
type Options struct {
	Pool      *pgxpool.Pool
	Papers    Papers
	Keys      *document.Keys
	PublicURL string // of the portal, without a slash at the end: who issues
	Secret    []byte // of all processes, of which nonces are made
	Name      func() plan.Text
	Types     func() []Type

	Now func() time.Time // time.Now
	Log *slog.Logger     // slog.Default()
}

// Office is the capability. It is safe for parallel use.
type Office struct {
	o       Options
	signers map[string]jose.Signer // by type
	keys    func(id string) (any, bool)

	mu    sync.Mutex
	lists map[int]published
}

// New makes an office.
func New(o Options) (*Office, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if len(o.Secret) < 16 {
		return nil, errors.New("credential: the secret has less than 16 bytes")
	}
	f := &Office{o: o, signers: map[string]jose.Signer{}, lists: map[int]published{}, keys: o.Keys.Find}
	for _, typ := range []string{sdjwt.Type, sdjwt.ListType} {
		var err error
		if f.signers[typ], err = o.Keys.Signer(typ); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *Office) typed(code string) (Type, bool) {
	types := f.o.Types()
	if i := slices.IndexFunc(types, func(t Type) bool { return t.Code == code }); i >= 0 {
		return types[i], true
	}
	return Type{}, false
}

// typePath is where the metadata of types stand: the address is the name of the type.
const typePath = "/credentials/types/"

func (f *Office) vct(code string) string { return f.o.PublicURL + typePath + code }

// codeOf is the code of a type by its name.
func (f *Office) codeOf(vct string) (string, bool) {
	return strings.CutPrefix(vct, f.o.PublicURL+typePath)
}
