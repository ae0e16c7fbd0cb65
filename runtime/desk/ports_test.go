package desk_test

import (
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/desk"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/till"
)

// The capabilities fit without anything between.
var (
	_ desk.Book      = (*application.Book)(nil)
	_ desk.People    = (*identity.Guard)(nil)
	_ desk.Releases  = (*release.Store)(nil)
	_ desk.Payments  = (*payment.Desk)(nil)
	_ desk.Ledger    = (*ledger.Book)(nil)
	_ desk.Tills     = (*till.Tills)(nil)
	_ desk.Documents = (*document.Archive)(nil)
)
