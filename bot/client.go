package bot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	telegram "github.com/go-telegram/bot"
)

// newClient makes the one client for all that goes to Telegram. Redirects are
// not followed: an address with the token in it is shown to nobody else.
func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns = 200
	transport.MaxIdleConnsPerHost = 100
	transport.IdleConnTimeout = 50 * time.Second
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// door stands between the library and the network. The library keeps its token
// in the open, where any print of it tells; so it is given a nickname, and the
// token comes in here. It puts whole answers, such as a proxy's HTML page, into
// its errors. And it streams a request through a pipe, so that it could not be
// sent again over a fresh connection when an idle one turned out to be closed.
type door struct {
	client *http.Client
	token  Secret
}

const nickname = "0:hidden"

// unavailable is an answer that is not Telegram's: a proxy's page, a 5xx.
type unavailable struct{ code int }

func (e *unavailable) Error() string { return fmt.Sprintf("answered %d, not by Telegram", e.code) }

func (d door) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.URL.Path = strings.Replace(r.URL.Path, "/bot"+nickname+"/", "/bot"+d.token.Reveal()+"/", 1)
	again := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	if r.Body, r.GetBody, r.ContentLength = http.NoBody, nil, 0; len(body) > 0 {
		r.Body, _ = again()
		r.GetBody, r.ContentLength = again, int64(len(body))
	}
	answer, err := d.client.Do(r)
	if err != nil {
		return nil, withoutURL(err)
	}
	if answer.StatusCode >= 500 || !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
		_, _ = io.CopyN(io.Discard, answer.Body, 64<<10) // so that the connection is used again
		_ = answer.Body.Close()
		return nil, &unavailable{answer.StatusCode}
	}
	return answer, nil
}

// withoutURL takes the address, and so the token, off an error of net/http's.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// scrub is for errors that go to a log or a person: should the token still be
// in one, it is taken out.
func (b *Bot) scrub(err error) error {
	if err == nil || !strings.Contains(err.Error(), b.set.Token.Reveal()) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), b.set.Token.Reveal(), hidden))
}

// What became of a call.
const (
	done    = "done"
	flood   = "flood"   // 429: not before verdict.after
	down    = "down"    // network, 5xx, a page of HTML: try again
	denied  = "denied"  // 401: the token is not valid any more
	unknown = "unknown" // 404: no such method, or no such bot
	shut    = "shut"    // 403: this chat is closed to the bot
	refused = "refused" // 400, 413: the same call will never be accepted
)

// verdict is what an error means for the message that met it.
type verdict struct {
	what  string
	after time.Duration // of a flood
	words string        // of a refusal, in lower case; for looking, not for showing
}

func judge(err error) verdict {
	var tooMany *telegram.TooManyRequestsError
	var moved *telegram.MigrateError
	var page *unavailable
	switch {
	case err == nil:
		return verdict{what: done}
	case errors.As(err, &tooMany): // the library's own test is a type assertion and misses wrapped ones
		return verdict{what: flood, after: time.Duration(max(tooMany.RetryAfter, 1)) * time.Second}
	case errors.Is(err, telegram.ErrorForbidden):
		return verdict{what: shut}
	case errors.Is(err, telegram.ErrorBadRequest), errors.As(err, &moved):
		return verdict{what: refused, words: strings.ToLower(err.Error())}
	case errors.As(err, &page) && page.code == http.StatusRequestEntityTooLarge:
		return verdict{what: refused, words: "too large"}
	case errors.Is(err, telegram.ErrorUnauthorized):
		return verdict{what: denied}
	case errors.Is(err, telegram.ErrorNotFound):
		return verdict{what: unknown}
	}
	return verdict{what: down}
}
