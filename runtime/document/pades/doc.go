// Package pades makes the signatures that stand in PDF files: detached CMS by the profile PAdES baseline B-B (ETSI EN 319 142-1), and B-T with a
// time-stamp of an authority (RFC 3161). It knows no files and no database.
//
//	signature, err := pades.Sign(covered, signer)
//	stamped, err := authority.Stamp(ctx, signature)
//
// The CMS is built here: the libraries that there are put a signing-time into what is signed, which the profile forbids.
package pades
