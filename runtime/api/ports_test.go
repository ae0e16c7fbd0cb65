package api_test

import (
	"github.com/diwan-gov/diwan/runtime/api"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/release"
)

// The capabilities fit without anything between.
var (
	_ api.Book      = (*application.Book)(nil)
	_ api.Releases  = (*release.Store)(nil)
	_ api.Payments  = (*payment.Desk)(nil)
	_ api.Documents = (*document.Archive)(nil)
)
