// Package workflows groups what turns a definition into a running application: plan (the executable form), compile (catalogue to
// plan), machine (the pure step function), interpret (the Temporal shell round it) and activity (what the runtime must provide).
//
// It knows Temporal in interpret only, and no database anywhere.
package workflows
