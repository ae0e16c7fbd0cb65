package temporal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"
)

const (
	encoding     = "binary/encrypted"
	encodingMeta = converter.MetadataEncoding
	keyMeta      = "diwan-key"
)

// codec encrypts whole payloads, their metadata included, with AES-256-GCM. The key's ID stands beside the ciphertext and is authenticated
// with it.
type codec struct{ keys *Keys }

// Encode encrypts with the newest key and a random nonce.
func (c codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("payload: %w", err)
		}
		aead := c.keys.byID[c.keys.newest]
		sealed := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
		_, _ = rand.Read(sealed) // never fails
		out[i] = &commonpb.Payload{
			Metadata: map[string][]byte{encodingMeta: []byte(encoding), keyMeta: []byte(c.keys.newest)},
			Data:     aead.Seal(sealed, sealed, plain, []byte(c.keys.newest)),
		}
	}
	return out, nil
}

var errDecrypt = errors.New("payload: not what this key encrypted")

// Decode decrypts what Encode made with any key of the ring. A payload in clear is refused: whoever can write to Temporal must not be able to
// make one up.
func (c codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if string(p.GetMetadata()[encodingMeta]) != encoding {
			return nil, errors.New("payload: not encrypted")
		}
		id := string(p.GetMetadata()[keyMeta])
		aead := c.keys.byID[id]
		if aead == nil {
			return nil, fmt.Errorf("payload: its key %.40q is not in the ring", id)
		}
		data := p.GetData()
		if len(data) < aead.NonceSize() {
			return nil, errDecrypt
		}
		plain, err := aead.Open(nil, data[:aead.NonceSize()], data[aead.NonceSize():], []byte(id))
		if err != nil {
			return nil, errDecrypt
		}
		out[i] = &commonpb.Payload{}
		if err := proto.Unmarshal(plain, out[i]); err != nil {
			return nil, errDecrypt
		}
	}
	return out, nil
}

// DataConverter is the converter of every client, worker and replayer.
func DataConverter(keys *Keys) converter.DataConverter {
	return converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), codec{keys})
}

// FailureConverter encrypts the messages and stack traces of failures too.
func FailureConverter(keys *Keys) converter.FailureConverter {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: DataConverter(keys), EncodeCommonAttributes: true,
	})
}

// mostDecoded bounds a request to the Decoder.
const mostDecoded = 16 << 20

// Decoder answers the remote codec protocol of Temporal's page and command line: a POST of payloads gives them in clear. The caller decides who
// may ask.
func Decoder(keys *Keys) http.Handler {
	decode := converter.NewPayloadCodecHTTPHandler(codec{keys})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, mostDecoded)
		decode.ServeHTTP(w, r)
	})
}
