package payment

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// signed reads a header "t=UNIX,v1=HEX[,v1=HEX]" and tells whether one of the signatures is over this body by one of the secrets, and when
// it was made.
func signed(header string, body []byte, secrets []string) (at time.Time, ok bool) {
	if len(header) > 1000 {
		return time.Time{}, false
	}
	var stamp string
	var macs [][]byte
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			if stamp != "" {
				return time.Time{}, false
			}
			stamp = value
		case "v1":
			if mac, err := hex.DecodeString(value); err == nil {
				macs = append(macs, mac)
			}
		}
	}
	unix, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	for _, secret := range secrets {
		if secret == "" { // anybody can sign with nothing
			continue
		}
		h := hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(stamp + "."))
		h.Write(body)
		want := h.Sum(nil)
		for _, mac := range macs {
			ok = hmac.Equal(mac, want) || ok
		}
	}
	return time.Unix(unix, 0), ok
}
