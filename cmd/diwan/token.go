package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// sampleGrant is the grant by which the sample provider gives a token for one of its people.
const sampleGrant = "urn:diwan:sample-person"

// secretVariable holds the client's secret, where it has one; a secret on the command line would be seen by every process.
const secretVariable = "DIWAN_CLIENT_SECRET"

const (
	tokenWait    = 15 * time.Second
	mostResponse = 1 << 20
)

func tokenCommand() *cobra.Command {
	var address, client string
	c := &cobra.Command{
		Use:   "token --url URL [PERSON]",
		Short: "Print a bearer token for a sample person, or for a system",
		Long: "Token asks the provider of a trial installation for a token of one of its sample people or, where nobody is named, of the system that is\n" +
			"the client: --client events.AUTHORITY tells the events of an authority. A secret of the client is read from the environment variable\n" +
			secretVariable + ".",
		Args: arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if address == "" {
				return usage("--url is missing")
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), tokenWait)
			defer cancel()
			person := ""
			if len(args) > 0 {
				person = args[0]
			}
			token, err := takeToken(ctx, address, client, os.Getenv(secretVariable), person)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), token)
			return err
		},
	}
	c.Flags().StringVar(&address, "url", "", "address of the installation, such as http://localhost:8080")
	c.Flags().StringVar(&client, "client", "diwan-cli", "client as which to ask")
	return c
}

// takeToken discovers the issuer of an installation and asks it for a token. Redirects are not followed: a secret goes to the issuer only.
func takeToken(ctx context.Context, address, client, secret, person string) (string, error) {
	base, err := webAddress(address)
	if err != nil {
		return "", usageError{err}
	}
	web := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var installation struct {
		Issuer string `json:"issuer"`
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/.well-known/diwan", nil)
	if err != nil {
		return "", err
	}
	if err := ask(web, request, &installation); err != nil {
		return "", fmt.Errorf("discovery at %s: %w", base, err)
	}
	issuer, err := webAddress(installation.Issuer)
	if err != nil {
		return "", fmt.Errorf("discovery at %s: the issuer: %w", base, err)
	}
	form := url.Values{"grant_type": {sampleGrant}, "person": {person}, "client_id": {client}}
	if person == "" {
		form = url.Values{"grant_type": {"client_credentials"}, "client_id": {client}}
	}
	request, err = http.NewRequestWithContext(ctx, http.MethodPost, issuer+"/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if secret != "" {
		request.SetBasicAuth(url.QueryEscape(client), url.QueryEscape(secret))
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := ask(web, request, &answer); err != nil {
		return "", fmt.Errorf("token of %s: %w", issuer, err)
	}
	if answer.Token == "" {
		return "", fmt.Errorf("token of %s: the answer holds no token", issuer)
	}
	return answer.Token, nil
}

// webAddress is an http or https address without a slash at its end.
func webAddress(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("%q is no web address", s)
	}
	return strings.TrimRight(s, "/"), nil
}

// ask sends a request and reads its JSON answer. An OAuth error is told in its own words.
func ask(web *http.Client, request *http.Request, into any) error {
	response, err := web.Do(request)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			return wrapped.Err
		}
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostResponse))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		var problem struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		if json.Unmarshal(body, &problem) == nil && problem.Error != "" {
			return fmt.Errorf("%s: %s", problem.Error, problem.Description)
		}
		return errors.New(response.Status)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return errors.New("the answer is not the JSON that was expected")
	}
	return nil
}
