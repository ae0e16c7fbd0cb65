// Package app builds the whole of Diwan from its capabilities, runs it and closes it, whole or in parts: the commands and the tests of the
// whole use it.
//
// It owns the wiring and nothing else: which capability is given to which, what is started in what order and stopped in which, and which variables
// tell a part where everything is. It reads no flags.
//
//	a, err := app.Open(ctx, app.Config{Database: url, Catalogue: os.DirFS("samples/palestine"), …})
//	if err != nil { return err }
//	defer a.Close()
//	go serve(a.Handler())
//	err = a.Run(ctx)
package app
