package pdf

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ErrNoSlot means that a file has no slot for a signature, or one too small.
var ErrNoSlot = errors.New("pdf: no slot for this signature")

const (
	contentsKey  = "/Contents<"
	byteRangeKey = "/ByteRange[0 "
	byteRangeGap = "0000000000 0000000000 0000000000]"
)

// seal adds an invisible signature field whose value Seal fills in.
func (f *file) seal(d Document, page int) int {
	date := ""
	if !d.CreatedAt.IsZero() {
		date = "/M(D:" + d.CreatedAt.UTC().Format("20060102150405Z") + ")"
	}
	value := f.add("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached%s%s%s%s%s>>>",
		date, byteRangeKey, byteRangeGap, contentsKey, strings.Repeat("0", 2*d.SealBytes))
	return f.add("<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/TU(Seal)/F 132/Rect[0 0 0 0]/P %d 0 R/V %d 0 R>>", page, value)
}

// Seal puts a signature into a file that Render made with SealBytes. sign is
// given the bytes that the signature covers, all but its own slot, and returns a
// detached CMS signature of at most SealBytes bytes. The file itself is not
// changed; the result is a sealed copy.
func Seal(rendered []byte, sign func(covered []byte) ([]byte, error)) ([]byte, error) {
	slot := bytes.Index(rendered, []byte(byteRangeKey+byteRangeGap+contentsKey))
	if slot < 0 {
		return nil, ErrNoSlot
	}
	from := slot + len(byteRangeKey) + len(byteRangeGap) + len(contentsKey) - 1 // at <
	length := bytes.IndexByte(rendered[from:], '>')
	if length < 0 {
		return nil, ErrNoSlot
	}
	to := from + length + 1
	out := bytes.Clone(rendered)
	copy(out[slot+len(byteRangeKey):], fmt.Sprintf("%010d %010d %010d]", from, to, len(out)-to))
	covered := append(bytes.Clone(out[:from]), out[to:]...)
	signature, err := sign(covered)
	if err != nil {
		return nil, fmt.Errorf("pdf: sign: %w", err)
	}
	if hex.EncodedLen(len(signature)) > length-1 {
		return nil, fmt.Errorf("%w: signature of %d bytes", ErrNoSlot, len(signature))
	}
	hex.Encode(out[from+1:], signature)
	return out, nil
}

// Reseal puts another signature into the slot of a file that Seal has sealed, such as the same one with a time-stamp. change is given the
// signature as it stands, with the zeros behind it. What the signature covers stays as it is; the result is a copy.
func Reseal(sealed []byte, change func(signature []byte) ([]byte, error)) ([]byte, error) {
	from, to, err := slot(sealed)
	if err != nil {
		return nil, err
	}
	old := make([]byte, hex.DecodedLen(to-from))
	if _, err := hex.Decode(old, sealed[from:to]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoSlot, err)
	}
	signature, err := change(old)
	if err != nil {
		return nil, fmt.Errorf("pdf: sign: %w", err)
	}
	if hex.EncodedLen(len(signature)) > to-from {
		return nil, fmt.Errorf("%w: signature of %d bytes", ErrNoSlot, len(signature))
	}
	out := bytes.Clone(sealed)
	copy(out[from:to], bytes.Repeat([]byte("0"), to-from))
	hex.Encode(out[from:], signature)
	return out, nil
}

// slot finds the digits of the signature of a sealed file.
func slot(sealed []byte) (from, to int, err error) {
	at := bytes.LastIndex(sealed, []byte(byteRangeKey))
	if at < 0 {
		return 0, 0, ErrNoSlot
	}
	at += len(byteRangeKey)
	var behind int
	if len(sealed) < at+len(byteRangeGap) {
		return 0, 0, ErrNoSlot
	}
	if _, err := fmt.Sscanf(string(sealed[at:at+len(byteRangeGap)]), "%d %d %d]", &from, &to, &behind); err != nil {
		return 0, 0, ErrNoSlot
	}
	if from <= at || to <= from+1 || to+behind != len(sealed) || sealed[from] != '<' || sealed[to-1] != '>' {
		return 0, 0, ErrNoSlot
	}
	return from + 1, to - 1, nil
}
