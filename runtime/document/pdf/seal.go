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
