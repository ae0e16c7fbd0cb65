package review

import (
	_ "embed"

	"github.com/diwan-gov/diwan/runtime/ui"
)

//go:embed static/review.css
var styles []byte

var sheet = ui.NewSheet("/designer/review", styles)
