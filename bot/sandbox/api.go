package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// call is one Bot API request, whichever of the four ways its parameters came.
type call struct {
	ctx    context.Context
	method string
	params map[string]string // values as text; objects and arrays as JSON
	files  map[string]upload
}

type upload struct {
	name string
	mime string
	data []byte
}

// value returns a parameter; the word null is an absent one.
func (c *call) value(name string) string {
	if v := c.params[name]; v != "null" {
		return v
	}
	return ""
}

func (c *call) has(name string) bool {
	_, ok := c.params[name]
	return ok && c.params[name] != "null"
}

func (c *call) integer(name string, otherwise int64) (int64, *failure) {
	v := strings.TrimSpace(c.value(name))
	if v == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, badRequest(fmt.Sprintf("can't parse %s as an Integer", name))
	}
	return n, nil
}

func (c *call) flag(name string) bool {
	v := strings.ToLower(c.value(name))
	return v == "true" || v == "1" || v == "yes"
}

// failure is an answer with "ok": false.
type failure struct {
	code        int
	description string
	retryAfter  int // seconds
	quiet       bool
}

func (f *failure) Error() string { return fmt.Sprintf("%d %s", f.code, f.description) }

func badRequest(text string) *failure {
	return &failure{code: 400, description: "Bad Request: " + text}
}

// Refusal is a request that was answered with a 4xx of the sandbox's own
// accord: not an injected 429, and not the 403 that follows a block.
type Refusal struct {
	Time        time.Time         `json:"time"`
	Method      string            `json:"method"`
	Params      map[string]string `json:"params"` // files as "name (n bytes)"
	Code        int               `json:"code"`
	Description string            `json:"description"`
}

// Refusals lists what the bot asked and Telegram would not do, oldest first.
func (s *Sandbox) Refusals() []Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.refusals)
}

// Faults says how often things go wrong on the way; shares are from 0 to 1 and
// are drawn for each Bot API request and download.
type Faults struct {
	TooMany     float64 `json:"tooMany"`     // answered with 429
	RetryAfter  int     `json:"retryAfter"`  // seconds told with a 429; 0 means 1
	ServerError float64 `json:"serverError"` // answered with 502 and a page of HTML
	Reset       float64 `json:"reset"`       // connection closed, nothing done
	Lost        float64 `json:"lost"`        // done, but the connection closed before the answer
	// Methods limits the faults to these methods ("file" for downloads); empty
	// means all.
	Methods []string `json:"methods"`
	Seed    uint64   `json:"seed"` // the same seed and calls give the same faults
}

// Faults replaces the faults in force. The zero value ends them.
func (s *Sandbox) Faults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
	s.chance = mathrand.New(mathrand.NewPCG(f.Seed, 1))
}

// draw decides what goes wrong with one request: "", "429", "502", "reset" or
// "lost".
func (s *Sandbox) draw(method string) (string, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults
	if s.chance == nil || len(f.Methods) > 0 && !slices.ContainsFunc(f.Methods, func(m string) bool { return strings.EqualFold(m, method) }) {
		return "", 0
	}
	at := s.chance.Float64()
	for _, kind := range []struct {
		name  string
		share float64
	}{{"429", f.TooMany}, {"502", f.ServerError}, {"reset", f.Reset}, {"lost", f.Lost}} {
		if at < kind.share {
			return kind.name, max(1, f.RetryAfter)
		}
		at -= kind.share
	}
	return "", 0
}

// inject draws and, unless the request may go on, answers it. A lost answer
// counts as a reset here.
func (s *Sandbox) inject(w http.ResponseWriter, method string) bool {
	kind, wait := s.draw(method)
	return misbehave(w, kind, wait)
}

func misbehave(w http.ResponseWriter, kind string, wait int) bool {
	switch kind {
	case "429":
		writeFailure(w, &failure{code: 429, description: fmt.Sprintf("Too Many Requests: retry after %d", wait), retryAfter: wait})
	case "502":
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		io.WriteString(w, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n")
	case "reset", "lost":
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

// methods are the Bot API's methods by lower-case name: Telegram does not mind
// the case either. All but getUpdates run under s.mu.
var methods = map[string]func(*Sandbox, *call) (any, *failure){
	"getme":                  (*Sandbox).getMe,
	"deletewebhook":          (*Sandbox).deleteWebhook,
	"setwebhook":             (*Sandbox).setWebhook,
	"getwebhookinfo":         (*Sandbox).getWebhookInfo,
	"sendmessage":            (*Sandbox).sendMessage,
	"editmessagetext":        (*Sandbox).editMessageText,
	"editmessagecaption":     (*Sandbox).editMessageCaption,
	"editmessagereplymarkup": (*Sandbox).editMessageReplyMarkup,
	"deletemessage":          (*Sandbox).deleteMessage,
	"deletemessages":         (*Sandbox).deleteMessages,
	"senddocument":           sendFile("document"),
	"sendphoto":              sendFile("photo"),
	"sendvoice":              sendFile("voice"),
	"sendvideo":              sendFile("video"),
	"sendaudio":              sendFile("audio"),
	"sendmediagroup":         (*Sandbox).sendMediaGroup,
	"copymessage":            (*Sandbox).copyMessage,
	"forwardmessage":         (*Sandbox).forwardMessage,
	"answercallbackquery":    (*Sandbox).answerCallbackQuery,
	"setmessagereaction":     (*Sandbox).setMessageReaction,
	"sendchataction":         (*Sandbox).sendChatAction,
	"getfile":                (*Sandbox).getFile,
	"setmycommands":          (*Sandbox).setMyCommands,
	"getmycommands":          (*Sandbox).getMyCommands,
	"deletemycommands":       (*Sandbox).deleteMyCommands,
	"setmyname":              (*Sandbox).setMyName,
	"getmyname":              (*Sandbox).getMyName,
	"setmydescription":       (*Sandbox).setMyDescription,
	"getmydescription":       (*Sandbox).getMyDescription,
	"setmyshortdescription":  (*Sandbox).setMyShortDescription,
	"getmyshortdescription":  (*Sandbox).getMyShortDescription,
	"getchat":                (*Sandbox).getChat,
	"leavechat":              (*Sandbox).leaveChat,
	"setchatmenubutton":      (*Sandbox).setChatMenuButton,
	"getchatmenubutton":      (*Sandbox).getChatMenuButton,
}

// serveMethod answers /bot<token>/<method>.
func (s *Sandbox) serveMethod(w http.ResponseWriter, r *http.Request) {
	rest := strings.TrimPrefix(r.URL.Path, "/bot")
	method, ok := strings.CutPrefix(rest, s.options.Token+"/")
	if !ok || s.options.Token == "" {
		s.refuse(w, &call{ctx: r.Context(), method: "?"}, &failure{code: 401, description: "Unauthorized"})
		return
	}
	select {
	case <-s.closed:
		writeFailure(w, &failure{code: 500, description: "Internal Server Error: closing"})
		return
	default:
	}
	kind, wait := s.draw(method)
	if kind != "lost" && misbehave(w, kind, wait) {
		return
	}
	c := &call{ctx: r.Context(), method: method, params: map[string]string{}, files: map[string]upload{}}
	do := methods[strings.ToLower(method)]
	polling := strings.EqualFold(method, "getUpdates")
	if do == nil && !polling {
		s.refuse(w, c, &failure{code: 404, description: "Not Found"})
		return
	}
	if f := c.read(r); f != nil {
		s.refuse(w, c, f)
		return
	}
	var result any
	var f *failure
	if polling {
		result, f = s.getUpdates(c)
	} else {
		s.mu.Lock()
		result, f = do(s, c)
		s.mu.Unlock()
	}
	if kind == "lost" {
		misbehave(w, kind, wait)
	}
	if f != nil {
		s.refuse(w, c, f)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"ok": true, "result": result})
}

// refuse answers with a failure and remembers it, unless nobody listens any
// more: the poll of a killed bot is no mistake of anybody's.
func (s *Sandbox) refuse(w http.ResponseWriter, c *call, f *failure) {
	if f.code == http.StatusConflict {
		// A dead connection may not have been noticed yet.
		select {
		case <-c.ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	if !f.quiet && f.code < 500 && c.ctx.Err() == nil {
		params := map[string]string{}
		for k, v := range c.params {
			params[k] = v
		}
		for k, u := range c.files {
			params[k] = fmt.Sprintf("%s (%d bytes)", u.name, len(u.data))
		}
		s.mu.Lock()
		s.refusals = append(s.refusals, Refusal{Time: s.Now(), Method: c.method, Params: params, Code: f.code, Description: f.description})
		s.mu.Unlock()
	}
	writeFailure(w, f)
}

func writeFailure(w http.ResponseWriter, f *failure) {
	body := map[string]any{"ok": false, "error_code": f.code, "description": f.description}
	if f.retryAfter > 0 {
		body["parameters"] = map[string]int{"retry_after": f.retryAfter}
		w.Header().Set("Retry-After", strconv.Itoa(f.retryAfter))
	}
	writeJSON(w, f.code, body)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

const (
	maxField = 1 << 20 // bytes of one value that is not a file
	maxBody  = 256 << 20
)

var tooLarge = &failure{code: 413, description: "Request Entity Too Large"}

// read takes the parameters from query, form, multipart or JSON.
func (c *call) read(r *http.Request) *failure {
	for k, v := range r.URL.Query() {
		c.params[k] = v[0]
	}
	kind, extra, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	body := http.MaxBytesReader(nil, r.Body, maxBody)
	switch kind {
	case "multipart/form-data":
		return c.readMultipart(multipart.NewReader(body, extra["boundary"]))
	case "application/x-www-form-urlencoded":
		text, f := readField(body)
		if f != nil {
			return f
		}
		form, err := url.ParseQuery(text)
		if err != nil {
			return badRequest("can't parse form data")
		}
		for k, v := range form {
			c.params[k] = v[0]
		}
	case "application/json":
		text, f := readField(body)
		if f != nil || text == "" {
			return f
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &object); err != nil {
			return badRequest("can't parse JSON object: " + err.Error())
		}
		for k, v := range object {
			var plain string
			if json.Unmarshal(v, &plain) == nil && string(v) != "null" {
				c.params[k] = plain
			} else {
				c.params[k] = string(v)
			}
		}
	}
	return nil
}

func (c *call) readMultipart(form *multipart.Reader) *failure {
	var wrong *failure
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return wrong
		}
		if err != nil {
			// The library sends a method without parameters as an empty
			// multipart body, which has not even a closing boundary.
			if errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "EOF") {
				if len(c.params)+len(c.files) == 0 {
					return wrong
				}
			}
			var long *http.MaxBytesError
			if errors.As(err, &long) {
				return tooLarge
			}
			return badRequest("can't parse multipart form data")
		}
		if part.FileName() == "" {
			text, f := readField(part)
			if f != nil {
				wrong = f
			}
			c.params[part.FormName()] = text
			continue
		}
		data, err := io.ReadAll(io.LimitReader(part, maxUpload+1))
		if err != nil {
			return badRequest("can't read file")
		}
		if len(data) > maxUpload {
			// Read to the end all the same, so that the client sees the
			// answer and not a broken connection.
			io.Copy(io.Discard, part)
			wrong, data = tooLarge, nil
		}
		c.files[part.FormName()] = upload{name: part.FileName(), mime: part.Header.Get("Content-Type"), data: data}
	}
}

func readField(r io.Reader) (string, *failure) {
	b, err := io.ReadAll(io.LimitReader(r, maxField+1))
	if err != nil {
		return "", badRequest("can't read request")
	}
	if len(b) > maxField {
		io.Copy(io.Discard, r)
		return "", tooLarge
	}
	return string(b), nil
}
