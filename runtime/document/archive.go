package document

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/document/inspect"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// MaxUpload is the largest file that Files keeps, and the most that an upload may have.
const MaxUpload = 20 << 20

// Errors of this package, for errors.Is.
var (
	// ErrNotFound: there is no such file or paper, or the caller may not see it, or it was erased; these are never told apart.
	ErrNotFound = errors.New("document: not found")
	ErrTooLarge = errors.New("document: file is too large")
	ErrEmpty    = errors.New("document: file is empty")
	// ErrType: the content is none of pdf, jpeg and png, whatever the name says. It is one Refusal of several.
	ErrType error = inspect.Unknown
	// ErrTooMany: the owner has too many uploads that no form names yet.
	ErrTooMany = errors.New("document: too many uploads")
	// ErrUnclean: the scanner has found something.
	ErrUnclean = errors.New("document: refused by the scanner")
)

// Options of an Archive. The ones from MaxUpload on may be left out.
type Options struct {
	Pool      *pgxpool.Pool
	Files     Files
	Masters   [][]byte // 32 bytes each; the first wraps new keys, those after it still unwrap
	Keys      *Keys
	PublicURL string // of the portal, without a slash at the end; a paper's code leads to PublicURL/verify/ID

	MaxUpload int64                       // 10 MB
	Authority func(code string) plan.Text // title of an authority, for its papers
	Zone      *time.Location              // UTC: in which a paper's last day ends
	// Look says what a file really is; nil = inspect.Look in this process.
	Look    func(ctx context.Context, body []byte) (inspect.Found, error)
	Scanner Scanner                                               // without one nothing is scanned
	Scanned func(result string)                                   // counts scans: clean, infected, failed
	Refused func(ctx context.Context, tx pgx.Tx, f Finding) error // writes down what the scanner has refused
	Stamps  Stamps                                                // none: papers are signed without a time-stamp
	Now     func() time.Time                                      // time.Now
	Log     *slog.Logger                                          // slog.Default()
}

// Archive is the capability. Its methods are safe for parallel use.
type Archive struct {
	o       Options
	masters masters
	sweep   sweep

	resting atomic.Int64 // until when, in seconds of Unix, who opens a paper does not ask for its time-stamp
}

// New makes an archive.
func New(o Options) (*Archive, error) {
	u, err := url.Parse(o.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.HasSuffix(o.PublicURL, "/") {
		return nil, fmt.Errorf("document: public address %q is not an http address without a slash at the end", o.PublicURL)
	}
	m, err := newMasters(o.Masters)
	if err != nil {
		return nil, err
	}
	if o.MaxUpload <= 0 {
		o.MaxUpload = 10 << 20
	}
	o.MaxUpload = min(o.MaxUpload, MaxUpload)
	if o.Authority == nil {
		o.Authority = func(string) plan.Text { return nil }
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Look == nil {
		o.Look = func(_ context.Context, body []byte) (inspect.Found, error) { return inspect.Look(body) }
	}
	if o.Scanned == nil {
		o.Scanned = func(string) {}
	}
	if o.Refused == nil {
		o.Refused = func(context.Context, pgx.Tx, Finding) error { return nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Archive{o: o, masters: m}, nil
}
