package pades

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
)

// Signer is a key of the curve P-256 and the certificates that vouch for it, its own first. The key may lie anywhere: in a file, or in a module
// that never gives it away (PKCS#11), for which a library gives a crypto.Signer.
type Signer struct {
	Key   crypto.Signer
	Chain []*x509.Certificate
}

// Check tells whether the chain belongs to the key, each certificate signed by the next.
func (s Signer) Check() error {
	public, ok := s.Key.Public().(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() {
		return errors.New("pades: the key is not of the curve P-256")
	}
	if len(s.Chain) == 0 {
		return errors.New("pades: the key has no certificate")
	}
	if !public.Equal(s.Chain[0].PublicKey) {
		return errors.New("pades: the certificate is of another key")
	}
	for i, c := range s.Chain[1:] {
		if err := s.Chain[i].CheckSignatureFrom(c); err != nil {
			return fmt.Errorf("pades: certificate %d is not signed by the one after it", i+1)
		}
	}
	return nil
}

var (
	oidData           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidCertificateV2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimeStamp      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidSHA256         = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidECDSAAndSHA256 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
)

// The structures of RFC 5652, as far as they are needed.
type (
	contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content signedData `asn1:"explicit,tag:0"`
	}
	signedData struct {
		Version      int
		Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
		Content      struct{ Type asn1.ObjectIdentifier }
		Certificates asn1.RawValue // [0]
		Signers      []signerInfo  `asn1:"set"`
	}
	signerInfo struct {
		Version   int
		ID        struct{ Issuer, Serial asn1.RawValue }
		Digest    pkix.AlgorithmIdentifier
		Signed    asn1.RawValue // [0]
		Algorithm pkix.AlgorithmIdentifier
		Signature []byte
		Unsigned  []attribute `asn1:"optional,omitempty,set,tag:1"`
	}
	attribute struct {
		Type   asn1.ObjectIdentifier
		Values []asn1.RawValue `asn1:"set"`
	}
)

// Sign signs what a signature in a file covers.
func Sign(covered []byte, s Signer) ([]byte, error) {
	signed, err := attributes(covered, s.Chain[0])
	if err != nil {
		return nil, fmt.Errorf("pades: %w", err)
	}
	sum := sha256.Sum256(signed)
	signature, err := s.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("pades: sign: %w", err)
	}
	own := s.Chain[0]
	info := signerInfo{
		Version: 1, Digest: pkix.AlgorithmIdentifier{Algorithm: oidSHA256}, Algorithm: pkix.AlgorithmIdentifier{Algorithm: oidECDSAAndSHA256}, Signature: signature,
		Signed: asn1.RawValue{FullBytes: append([]byte{0xa0}, signed[1:]...)}, // what is signed is a SET, what is sent is [0]
	}
	info.ID.Issuer.FullBytes = own.RawIssuer
	if info.ID.Serial.FullBytes, err = asn1.Marshal(new(big.Int).Set(own.SerialNumber)); err != nil {
		return nil, fmt.Errorf("pades: %w", err)
	}
	out := contentInfo{Type: oidSignedData, Content: signedData{Version: 1, Digests: []pkix.AlgorithmIdentifier{{Algorithm: oidSHA256}}, Signers: []signerInfo{info}}}
	out.Content.Content.Type = oidData
	out.Content.Certificates = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true}
	for _, c := range s.Chain {
		out.Content.Certificates.Bytes = append(out.Content.Certificates.Bytes, c.Raw...)
	}
	return asn1.Marshal(out)
}

// attributes are what is signed in place of the file: its digest, and which certificate is meant. The profile forbids a time: that of the file
// stands in the file, and who is to be believed about it is the authority for time-stamps.
func attributes(covered []byte, own *x509.Certificate) ([]byte, error) {
	sum, certificate := sha256.Sum256(covered), sha256.Sum256(own.Raw)
	type certID struct{ Hash []byte } // by SHA-256, which is the default
	var list []attribute
	for _, a := range []struct {
		oid   asn1.ObjectIdentifier
		value any
	}{
		{oidContentType, oidData}, {oidMessageDigest, sum[:]}, {oidCertificateV2, struct{ Certificates []certID }{[]certID{{certificate[:]}}}},
	} {
		value, err := asn1.Marshal(a.value)
		if err != nil {
			return nil, err
		}
		list = append(list, attribute{a.oid, []asn1.RawValue{{FullBytes: value}}})
	}
	return asn1.MarshalWithParams(list, "set")
}

// parse reads a signature that Sign has made.
func parse(signature []byte) (c contentInfo, err error) {
	// The slot of a file is filled up with zeros.
	if _, err = asn1.Unmarshal(signature, &c); err != nil {
		return c, fmt.Errorf("pades: %w", err)
	}
	if !c.Type.Equal(oidSignedData) || len(c.Content.Signers) != 1 {
		return c, errors.New("pades: no signature of ours")
	}
	return c, nil
}
