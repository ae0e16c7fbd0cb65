// Package sdjwt makes and verifies credentials of which the holder shows what they choose: SD-JWT (RFC 9901) in the form SD-JWT VC
// (draft-ietf-oauth-sd-jwt-vc), and the lists that tell how many of them stand (draft-ietf-oauth-status-list). Claims are flat: each is disclosed
// alone. It knows no papers, no database and no HTTP. The module proxy serves no library for it; the signatures are go-jose's.
//
//	text, err := sdjwt.Issue(signer, payload, claims)
//	shown, err := sdjwt.Verify(text, keys)
package sdjwt
