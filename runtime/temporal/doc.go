// Package temporal dials Temporal and starts workers on it: encrypted payloads and failures, no compression, quiet logs.
//
// It owns the codec and its keys. It knows no workflow and no activity: whoever starts a worker registers them.
//
//	keys, err := temporal.LoadKeys("/etc/diwan/temporal.keys", "DIWAN_TEMPORAL_KEYS")
//	c, err := temporal.Dial(ctx, temporal.Options{HostPort: "127.0.0.1:7233", Namespace: "diwan", Keys: keys})
//	stop, err := temporal.StartWorker(c, temporal.WorkerOptions{TaskQueue: activity.TaskQueue, Register: register})
//	defer stop()
package temporal
