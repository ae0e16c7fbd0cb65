package desk

import (
	_ "embed"

	"github.com/diwan-gov/diwan/runtime/ui"
)

//go:embed static/desk.css
var styles []byte

var sheet = ui.NewSheet("/desk/desk", styles)
