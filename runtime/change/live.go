package change

import (
	"context"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Live gives the catalogue of the live release. It must not be changed.
func (c *Changes) Live(ctx context.Context) (*catalog.Catalogue, error) {
	head, err := release.Current(ctx, c.o.Pool)
	if err != nil {
		return nil, err
	}
	return c.base(ctx, head.ID)
}
