package payment

import (
	"context"
	"errors"
	"fmt"

	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

// At is a provider, and the name by which the book knows it: the third word of its accounts. What was opened there is asked about, given back and
// compared there, for as long as it stands in the configuration.
type At struct {
	Name string
	provider.Provider
	Closed bool // nothing more is opened there
}

// ErrNoProvider: nothing can be paid there.
var ErrNoProvider = errors.New("payment: no such provider, or nothing more is opened there")

// gone is the code of what the provider of a checkout would have to do that stands in the configuration no more.
const gone = "provider-gone"

// Offered are the names of the providers at which can be paid, the one first that is taken where nobody chooses.
func (d *Desk) Offered() (names []string) {
	for _, at := range d.Providers {
		if !at.Closed {
			names = append(names, at.Name)
		}
	}
	return names
}

// choose is where a payer wants to pay; "" = wherever.
func (d *Desk) choose(name string) (At, error) {
	for _, at := range d.Providers {
		if !at.Closed && (name == "" || at.Name == name) {
			return at, nil
		}
	}
	return At{}, ErrNoProvider
}

// named is the provider of that name, also one at which nothing more is opened. What is wanted of one that stands in the configuration no more has to
// wait until it does again.
func (d *Desk) named(name string) (At, error) {
	for _, at := range d.Providers {
		if at.Name == name {
			return at, nil
		}
	}
	return At{}, fmt.Errorf("%w: %q is not configured", ErrUnavailable, name)
}

// at is the provider at which a checkout was opened.
func (d *Desk) at(ctx context.Context, q querier, checkout string) (At, error) {
	name, err := oneText(ctx, q, "SELECT provider FROM checkout WHERE id = $1", checkout)
	if err != nil {
		return At{}, err
	}
	return d.named(name)
}

// ask asks about a checkout where it was opened.
func (d *Desk) ask(ctx context.Context, checkout string) (At, provider.Checkout, error) {
	at, err := d.at(ctx, d.Pool, checkout)
	if err != nil {
		return at, provider.Checkout{}, err
	}
	c, err := at.Ask(ctx, checkout)
	return at, c, err
}

// paying are the names of those that pay out, or of all where none does.
func (d *Desk) paying() (names []string) {
	_, pays := d.payer()
	for _, at := range d.Providers {
		if at.PaysOut() == pays {
			names = append(names, at.Name)
		}
	}
	return names
}

// payer is the provider that pays out to accounts; false where none does, and then the one that will say so.
func (d *Desk) payer() (at At, pays bool) {
	for _, at := range d.Providers {
		if at.PaysOut() {
			return at, true
		}
	}
	return d.Providers[0], false
}
