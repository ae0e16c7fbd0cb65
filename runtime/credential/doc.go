// Package credential gives papers to wallets: the same paper as an SD-JWT VC, offered by the pre-authorized code flow of OpenID for Verifiable
// Credential Issuance 1.0, and a list that tells how each stands (Token Status List). It verifies what a holder shows, and nothing else of them.
//
// It owns the tables credential and credential_offer, and what stands under /credentials/ and three places of /.well-known/. What a paper says is
// the archive's; which rows a wallet gets is declared with the document. It issues nothing that was not issued as a paper before.
//
//	office, err := credential.New(credential.Options{Pool: pool, Papers: archive, Keys: keys, PublicURL: url, Secret: secret, Types: types})
//	offer, err := office.Offer(ctx, paper)
//	office.Register(mux)
package credential
