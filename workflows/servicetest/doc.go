// Package servicetest runs the scenarios that stand inside definitions, on the pure machine, and says where something else comes out than
// they expect. It knows no Temporal and no database; a scenario takes microseconds.
//
// In a scenario the applicant is Layla Khalil Al-Najjar unless it says otherwise, registries answer what is written under answers (notFound
// or nothing stands for "no such thing"), whoever must pay pays, an application that is sent back comes back unchanged, and a review takes
// its decision each time it is reached. Where the end is to be lapsed or withdrawn, that happens at the last step of the path.
//
//	findings := servicetest.Run(c, c.Service("transport.driving-licence.renew"))
package servicetest
