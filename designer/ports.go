package designer

import (
	"context"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/merge"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Changes is what the designer needs of *change.Changes.
type Changes interface {
	Start(ctx context.Context, by *identity.Person, w change.Words, authority string) (*change.Change, error)
	Find(ctx context.Context, number int64) (*change.Change, error)
	List(ctx context.Context, f change.Filter) ([]*change.Change, error)
	Describe(ctx context.Context, by *identity.Person, number int64, w change.Words) error
	Withdraw(ctx context.Context, by *identity.Person, number int64) error
	Propose(ctx context.Context, by *identity.Person, number int64) (*change.Proposal, error)
	Behind(ctx context.Context, ch *change.Change) (bool, error)
	Meanwhile(ctx context.Context, number int64, choice merge.Choice) (*change.Meanwhile, error)
	Rebase(ctx context.Context, by *identity.Person, number int64, choice merge.Choice) ([]merge.Conflict, error)

	// History gives what is to be live, is and was, the newest first; Origins the changes of publications, and Rollback makes a release live again.
	History(ctx context.Context) ([]release.Head, error)
	Origins(ctx context.Context, publications []int64) (map[int64]change.Origin, error)
	// Editions gives of every file of the live release the publication by which it became what it is.
	Editions(ctx context.Context) (map[string]release.Edition, error)
	Rollback(ctx context.Context, by uuid.UUID, to int64, reason string) (release.Head, error)

	// Live is the catalogue of the live release. It must not be changed.
	Live(ctx context.Context) (*catalog.Catalogue, error)
	Catalogue(ctx context.Context, number int64) (*catalog.Catalogue, diag.List, int64, error)
	Base(ctx context.Context, number int64) (*catalog.Catalogue, error)

	Text(ctx context.Context, number int64, path string) (change.Text, error)
	Edit(ctx context.Context, by *identity.Person, number int64, path string, do func(now []byte) ([]byte, error)) (change.Made, error)
	Type(ctx context.Context, by *identity.Person, number int64, path string, version int64, splices []source.Splice) (change.Made, error)
	Save(ctx context.Context, by *identity.Person, number int64, path string, version int64, whole []byte) (change.Made, []merge.Conflict, error)
	Since(ctx context.Context, number int64, path string, version int64) ([]change.Made, error)
	Undo(ctx context.Context, by *identity.Person, number int64, path string) (change.Made, error)
	Redo(ctx context.Context, by *identity.Person, number int64, path string) (change.Made, error)
	Here(ctx context.Context, by *identity.Person, number int64, path string) ([]change.Presence, error)
}

// People says who somebody is.
type People interface {
	Named(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*identity.Person, error)
}
