package document

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"io"
	"regexp"
	"strings"
)

// attachmentName is the file inside a paper's file that carries its signed record.
const attachmentName = "record.jws"

const (
	maxStreams = 200      // that are looked into
	maxRecord  = 16 << 10 // bytes of one that is unpacked
)

var (
	embedded = regexp.MustCompile(`/EmbeddedFile\b`)
	linked   = regexp.MustCompile(`/verify/([A-Z2-7]{26})`)
)

// carriedIDs finds the IDs that a file, perhaps altered, says of itself: in the signed record that it carries, and in its link. Nothing that it
// says is believed; it only tells which paper the file pretends to be.
func carriedIDs(body []byte) []string {
	ids := []string{}
	for _, at := range embedded.FindAllIndex(body, maxStreams) {
		if id, ok := idOfRecord(stream(body[at[1]:])); ok {
			ids = append(ids, id)
		}
	}
	for _, found := range linked.FindAllSubmatch(body, maxStreams) {
		ids = append(ids, string(found[1]))
	}
	return ids
}

// stream gives the beginning of the stream that follows in a PDF file, unpacked where it is packed.
func stream(b []byte) []byte {
	dictionary, rest, found := bytes.Cut(b[:min(len(b), 4*maxRecord)], []byte("stream"))
	if !found || bytes.Contains(dictionary, []byte("endobj")) {
		return nil
	}
	rest = bytes.TrimPrefix(bytes.TrimPrefix(rest, []byte("\r")), []byte("\n"))
	if !bytes.Contains(dictionary, []byte("FlateDecode")) {
		plain, _, _ := bytes.Cut(rest, []byte("endstream"))
		return plain[:min(len(plain), maxRecord)]
	}
	unpacker, err := zlib.NewReader(bytes.NewReader(rest))
	if err != nil {
		return nil
	}
	plain, _ := io.ReadAll(io.LimitReader(unpacker, maxRecord)) // what could be unpacked of it
	return plain
}

func idOfRecord(jws []byte) (string, bool) {
	parts := strings.Split(strings.TrimSpace(string(jws)), ".")
	if len(parts) != 3 {
		return "", false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	var r record
	if err != nil || json.Unmarshal(payload, &r) != nil {
		return "", false
	}
	return cleanID(r.ID)
}
