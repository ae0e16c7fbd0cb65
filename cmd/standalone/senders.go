package main

import (
	"io/fs"
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/cmd/standalone/provider"
)

// senders are the systems that tell something here: a client events.AUTHORITY for each authority that an event of the catalogue names, and carrier.AUTHORITY
// for each that has offices, whose papers a carrier brings. They share one secret, which lies in the data folder.
func senders(catalogue fs.FS, secret string) []provider.Client {
	c, _ := catalog.Load(catalogue) // what is wrong in it is told when it is released
	var out []provider.Client
	for _, e := range c.Events {
		id := "events." + e.Authority.Value
		if e.Authority.Value == "" || slices.ContainsFunc(out, func(o provider.Client) bool { return o.ID == id }) {
			continue
		}
		out = append(out, provider.Client{ID: id, Secret: secret, Roles: []string{"events:" + e.Authority.Value}})
	}
	for _, a := range c.Authorities {
		if code := a.Code.Value; code != "" && len(a.Offices) > 0 {
			out = append(out, provider.Client{ID: "carrier." + code, Secret: secret, Roles: []string{"carrier:" + code}})
		}
	}
	return out
}
