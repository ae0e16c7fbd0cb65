package review

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
)

// Changes is what the pages need of *change.Changes.
type Changes interface {
	// Live is the catalogue of the live release. It must not be changed.
	Live(ctx context.Context) (*catalog.Catalogue, error)
	Find(ctx context.Context, number int64) (*change.Change, error)
	Proposals(ctx context.Context, number int64) ([]change.Proposal, error)
	Proposed(ctx context.Context, p change.Proposal) (base, now *catalog.Catalogue, err error)
	Base(ctx context.Context, number int64) (*catalog.Catalogue, error)
	Catalogue(ctx context.Context, number int64) (*catalog.Catalogue, diag.List, int64, error)
	Remarks(ctx context.Context, number int64) ([]change.Remark, error)
	MaySay(ctx context.Context, by *identity.Person, ch *change.Change) (bool, error)
	Say(ctx context.Context, by *identity.Person, number int64, r change.Remark) (uuid.UUID, error)
	Resolve(ctx context.Context, by *identity.Person, number int64, remark uuid.UUID) error
	ServiceHistory(ctx context.Context, code string, below int64) (s *catalog.Service, list []change.Published, more bool, err error)
}

// Book is what the pages need of *application.Book: the caller's own task of the route.
type Book interface {
	ForOfficer(ctx context.Context, capacities []string, id uuid.UUID) (*application.View, error)
	Act(ctx context.Context, actor application.Actor, application uuid.UUID, r application.ActRequest, key string) (application.ActAnswer, error)
}

// Route says how the route of a change goes. Whoever reads changes reads that, and nothing else of the application.
type Route interface {
	Asked(ctx context.Context, application uuid.UUID) ([]Asked, error)
}

// Asked is somebody who was asked by the route, or is.
type Asked struct {
	Step    string            // code
	Title   map[string]string // of the step, by language
	Role    map[string]string // who is asked
	Open    bool              // since At; else decided At
	At      time.Time
	Due     time.Time // of an open one; zero: none
	By      uuid.UUID // who has decided; nobody alone in a panel
	Outcome string    // approve, sendBack, refuse …
	Comment string
	// Decisions are what the route calls those of the step, by code and language, where it names them itself.
	Decisions map[string]map[string]string
}

// People says who somebody is.
type People interface {
	Named(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*identity.Person, error)
}

// Audit keeps who read what: audit.Record on a pool.
type Audit func(ctx context.Context, e audit.Entry) error
