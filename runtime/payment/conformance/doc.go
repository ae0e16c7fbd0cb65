// Package conformance shows that a provider of payments holds to what package provider says, by itself and under a desk with a ledger.
//
// It owns those tests. It is given the provider with its other side, where payers pay, and lets the calls between them fail. A test of a provider
// calls Run, and pgtest.Main in its TestMain.
//
//	func TestTheGatewayConforms(t *testing.T) { conformance.Run(t, newSide) }
package conformance
