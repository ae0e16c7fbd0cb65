package sdjwt

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Standing is how a credential stands.
type Standing byte

// The ones that there are names for.
const (
	Stands    Standing = 0
	Invalid   Standing = 1 // for good
	Suspended Standing = 2 // for now
)

// bits of a standing in a list.
const bits = 2

// ListSize is how many standings a list holds.
const ListSize = 1 << 16

// List is how the credentials of one list stand; whoever reads it learns nothing but that some of them, nobody knows whose, do not.
type List struct{ bytes [ListSize * bits / 8]byte }

// Set says how the credential at a place stands.
func (l *List) Set(index int, s Standing) {
	at, shift := index*bits/8, index*bits%8
	l.bytes[at] = l.bytes[at]&^(3<<shift) | byte(s)<<shift
}

// Get tells how the credential at a place stands.
func (l *List) Get(index int) Standing {
	return Standing(l.bytes[index*bits/8] >> (index * bits % 8) & 3)
}

type listToken struct {
	Subject  string `json:"sub"`
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	Fresh    int64  `json:"ttl"` // seconds
	List     struct {
		Bits int    `json:"bits"`
		List string `json:"lst"`
	} `json:"status_list"`
}

// Sign gives the list as it is published at uri, to be asked for again after fresh and not to be believed after expires.
func (l *List) Sign(signer jose.Signer, uri string, at time.Time, fresh, expires time.Duration) (string, error) {
	var packed bytes.Buffer
	w, err := zlib.NewWriterLevel(&packed, zlib.BestCompression)
	if err != nil {
		return "", err
	}
	_, _ = w.Write(l.bytes[:]) // into memory
	if err := w.Close(); err != nil {
		return "", err
	}
	t := listToken{Subject: uri, IssuedAt: at.Unix(), Expires: at.Add(expires).Unix(), Fresh: int64(fresh / time.Second)}
	t.List.Bits, t.List.List = bits, base64.RawURLEncoding.EncodeToString(packed.Bytes())
	b, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(b)
	if err != nil {
		return "", fmt.Errorf("sdjwt: %w", err)
	}
	return signed.CompactSerialize()
}

// ReadList verifies a list that is published at uri.
func ReadList(compact, uri string, now time.Time, keys func(id string) (any, bool)) (*List, error) {
	body, err := verified(compact, ListType, keys)
	if err != nil {
		return nil, err
	}
	var t listToken
	if err := decode(body, &t); err != nil || t.Subject != uri || t.List.Bits != bits || now.Unix() > t.Expires {
		return nil, ErrFormat
	}
	packed, err := base64.RawURLEncoding.DecodeString(t.List.List)
	if err != nil {
		return nil, ErrFormat
	}
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, ErrFormat
	}
	l := &List{}
	if _, err := io.ReadFull(r, l.bytes[:]); err != nil {
		return nil, ErrFormat
	}
	return l, nil
}
