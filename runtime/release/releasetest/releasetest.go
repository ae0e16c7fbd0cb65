// Package releasetest publishes releases for tests and benchmarks, with keys of their own.
package releasetest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/cryptosigner"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Keys is one key that lasts as long as the test.
type Keys struct{ private crypto.Signer }

// NewKeys makes a key.
func NewKeys() (*Keys, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return &Keys{private}, err
}

const keyID = "test"

// Signer signs with the key.
func (k *Keys) Signer(typ string) (jose.Signer, error) {
	options := (&jose.SignerOptions{}).WithType(jose.ContentType(typ)).WithHeader("kid", keyID)
	return jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: cryptosigner.Opaque(k.private)}, options)
}

// Find gives the public key.
func (k *Keys) Find(id string) (any, bool) { return k.private.Public(), id == keyID }

// Publish keeps a release and makes it live at once.
func Publish(ctx context.Context, pool *pgxpool.Pool, keys release.Keys, r release.Release) (h release.Head, err error) {
	err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		id, err := release.Keep(ctx, tx, keys, r)
		if err == nil {
			h, err = release.Publish(ctx, tx, id, release.Publication{Way: release.Folder, Actor: "test"})
		}
		return err
	})
	return h, err
}
