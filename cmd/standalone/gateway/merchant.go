package gateway

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// merchant lets only the holder of the key through.
func (g *Gateway) merchant(next http.HandlerFunc) http.HandlerFunc {
	want := sha256.Sum256([]byte(g.key))
	return func(w http.ResponseWriter, r *http.Request) {
		key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		got := sha256.Sum256([]byte(key))
		if !ok || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuse(w, http.StatusUnauthorized, "unauthorized", "the key is missing or wrong")
			return
		}
		next(w, r)
	}
}

// amount is money on the wire. The value may be a string or a number and is given back as it was written.
type amount struct {
	Value    json.RawMessage `json:"value"`
	Currency string          `json:"currency"`
}

var (
	valuePattern    = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,3})?$`)
	positivePattern = regexp.MustCompile(`[1-9]`)
	currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)
)

// check returns the value as a plain number, or what is wrong with it.
func (a amount) check() (plain, problem string) {
	plain = strings.Trim(string(a.Value), `"`)
	switch {
	case !valuePattern.MatchString(plain) || !positivePattern.MatchString(plain):
		return "", "amount.value must be more than zero with at most three decimals"
	case !currencyPattern.MatchString(a.Currency):
		return "", "amount.currency must be three capital letters"
	}
	return plain, ""
}

// line is one of several things that are paid at once.
type line struct {
	Amount      amount            `json:"amount"`
	Description map[string]string `json:"description"`
}

// mostLines is how many things are paid at once.
const mostLines = 100

// check says what is wrong with the lines of an amount, of which there may be none.
func check(lines []line, total amount) (problem string) {
	sum, want := new(big.Rat), new(big.Rat)
	want.SetString(strings.Trim(string(total.Value), `"`))
	for _, l := range lines {
		plain, problem := l.Amount.check()
		switch {
		case problem != "":
			return "lines: " + problem
		case l.Amount.Currency != total.Currency:
			return "lines are of another currency than amount"
		case l.Description["ar"] == "" && l.Description["en"] == "":
			return "a line needs a text in ar or en"
		}
		one, _ := new(big.Rat).SetString(plain)
		sum.Add(sum, one)
	}
	switch {
	case len(lines) > mostLines:
		return "there are too many lines"
	case len(lines) > 0 && sum.Cmp(want) != 0:
		return "lines do not sum to amount"
	}
	return ""
}

// createCheckout opens a checkout. The same key with the same body gives the same answer, whatever happened since.
func (g *Gateway) createCheckout(w http.ResponseWriter, r *http.Request) {
	body, key, ok := readBody(w, r)
	if !ok {
		return
	}
	var asked struct {
		Reference   string            `json:"reference"`
		Amount      amount            `json:"amount"`
		Description map[string]string `json:"description"`
		Lines       []line            `json:"lines"` // instead of the description
		ReturnURL   string            `json:"returnUrl"`
		CallbackURL string            `json:"callbackUrl"`
		Language    string            `json:"language"` // of the page that url leads to; it can be changed there
	}
	problem := decode(body, &asked)
	plain, amountProblem := asked.Amount.check()
	switch {
	case problem != "":
	case asked.Reference == "":
		problem = "reference is missing"
	case amountProblem != "":
		problem = amountProblem
	case check(asked.Lines, asked.Amount) != "":
		problem = check(asked.Lines, asked.Amount)
	case len(asked.Lines) == 0 && asked.Description["ar"] == "" && asked.Description["en"] == "":
		problem = "description needs a text in ar or en"
	case !absolute(asked.ReturnURL):
		problem = "returnUrl must be an absolute http address"
	case !absolute(asked.CallbackURL):
		problem = "callbackUrl must be an absolute http address"
	}
	if problem != "" {
		refuse(w, http.StatusBadRequest, "invalid", problem)
		return
	}
	if g.faults.failCreate() {
		refuse(w, http.StatusServiceUnavailable, "unavailable", "try again later")
		return
	}
	c, err := g.store.insertCheckout(r.Context(), checkout{
		ID: "co_" + rand.Text(), Key: key, BodyHash: hash(body), Reference: asked.Reference, Value: asked.Amount.Value, Amount: plain,
		Currency: asked.Amount.Currency, Description: asked.Description, Lines: asked.Lines, ReturnURL: asked.ReturnURL, CallbackURL: asked.CallbackURL,
		Expires: g.now().Add(g.life),
	})
	if errors.Is(err, errConflict) {
		refuse(w, http.StatusConflict, "key-reused", err.Error())
		return
	}
	if err != nil {
		g.fail(w, err)
		return
	}
	g.nudge() // so that the expiry is waited for
	address := g.payURL(c.ID)
	if words[asked.Language] != nil {
		address += "?lang=" + asked.Language
	}
	answer(w, http.StatusCreated, map[string]string{"id": c.ID, "url": address, "status": "open"})
}

func (g *Gateway) payURL(id string) string { return g.address + "/pay/" + id }

func (g *Gateway) readCheckout(w http.ResponseWriter, r *http.Request) {
	c, err := g.current(r)
	switch {
	case errors.Is(err, errNotFound):
		refuse(w, http.StatusNotFound, "not-found", "there is no such checkout")
	case err != nil:
		g.fail(w, err)
	default:
		answer(w, http.StatusOK, map[string]any{
			"id": c.ID, "url": g.payURL(c.ID), "status": c.Status, "reference": c.Reference,
			"amount": amount{Value: c.Value, Currency: c.Currency},
		})
	}
}

// current reads the checkout named in the path and lets it expire when its time is over.
func (g *Gateway) current(r *http.Request) (checkout, error) {
	c, err := g.store.readCheckout(r.Context(), r.PathValue("id"))
	if err == nil && c.Status == "open" && !g.now().Before(c.Expires) {
		c, err = g.end(r.Context(), c.ID, "expired")
	}
	return c, err
}

func absolute(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// readBody takes the body and the idempotency key, and answers itself when one is missing.
func readBody(w http.ResponseWriter, r *http.Request) (body []byte, key string, ok bool) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "too-large", "the body cannot be read or is too large")
		return nil, "", false
	}
	if key = r.Header.Get("Idempotency-Key"); key == "" || len(key) > 200 {
		refuse(w, http.StatusBadRequest, "invalid", "the header Idempotency-Key must have 1 to 200 letters")
		return nil, "", false
	}
	return body, key, true
}

// decode reads one JSON object strictly and says what is wrong with it.
func decode(body []byte, into any) (problem string) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return "the body is not what is expected: " + err.Error()
	}
	if d.More() {
		return "there is something after the JSON object"
	}
	return ""
}

func hash(body []byte) []byte {
	sum := sha256.Sum256(body)
	return sum[:]
}

func (g *Gateway) fail(w http.ResponseWriter, err error) {
	g.log.Error("gateway: request failed", "err", err)
	refuse(w, http.StatusInternalServerError, "internal", "something went wrong here")
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, map[string]string{"code": code, "message": message})
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client went away
}
