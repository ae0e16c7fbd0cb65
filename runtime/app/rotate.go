package app

import "github.com/diwan-gov/diwan/runtime/document"

// Rotate puts a fresh key before the others in a file of signing keys. Processes take it when they start again; those that have not yet do not
// know what the others sign from then on, so start them soon after each other.
func Rotate(path string) error { return document.Rotate(path) }
