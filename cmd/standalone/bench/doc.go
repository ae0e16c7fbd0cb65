// Package bench measures Diwan and prints every figure on a line of its own: bench NAME VALUE UNIT. Lines that begin with # are for people.
//
// A figure is measured in this run on this machine, or it is not printed. The engine is measured against workflows written by hand (handwritten,
// plain), side by side on the same Temporal server, the same private PostgreSQL with fsync, the same activities, money, papers and registers.
// The package brings up what a figure needs and takes it away again; it may not be used while the platform runs in the same process.
//
//	err := bench.Run(ctx, os.Stdout, "engine")
//
// DIWAN_BENCH_USERS (16), DIWAN_BENCH_ROUNDS (12) DIWAN_BENCH_SECONDS (2, of each round of each variant) make the engine's part longer,
// DIWAN_BENCH_LOAD_SECONDS (60) the national load.
package bench
