package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The driving interface, documented in README.md.

const (
	maxFiles = 64 << 20 // bytes of one /api/send
	maxJSON  = 1 << 20
	waitMost = 10 * time.Minute
)

// serve guards the door and shows the way.
func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request) {
	if !loopback(r.Host) {
		// A page on the net could point its own name at 127.0.0.1.
		http.Error(w, "only for this machine: use localhost or 127.0.0.1", http.StatusForbidden)
		return
	}
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/file/bot"):
		s.serveFile(w, r)
	case strings.HasPrefix(path, "/bot"):
		s.serveMethod(w, r)
	case strings.HasPrefix(path, "/api/"):
		if foreign(r) {
			http.Error(w, "not from another site", http.StatusForbidden)
			return
		}
		s.serveAPI(w, r)
	default:
		servePage(w, r)
	}
}

func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// foreign tells whether a browser sent this on behalf of another site. Tools
// such as curl send none of the headers.
func foreign(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || u.Host != r.Host
}

type problem struct {
	status int
	text   string
}

func (p problem) Error() string { return p.text }

func wrong(format string, a ...any) error {
	return problem{http.StatusBadRequest, fmt.Sprintf(format, a...)}
}

type route struct {
	method string
	do     func(*Sandbox, *http.Request) (any, error)
}

var routes = map[string][]route{
	"/api/say":        {{"POST", (*Sandbox).apiSay}},
	"/api/tap":        {{"POST", (*Sandbox).apiTap}},
	"/api/send":       {{"POST", (*Sandbox).apiSend}},
	"/api/forward":    {{"POST", (*Sandbox).apiForward}},
	"/api/share":      {{"POST", (*Sandbox).apiShare}},
	"/api/edit":       {{"POST", (*Sandbox).apiEdit}},
	"/api/block":      {{"POST", (*Sandbox).apiBlock}},
	"/api/unblock":    {{"POST", (*Sandbox).apiUnblock}},
	"/api/clock":      {{"GET", (*Sandbox).apiClock}, {"POST", (*Sandbox).apiSetClock}},
	"/api/people":     {{"GET", (*Sandbox).apiPeople}, {"POST", (*Sandbox).apiAddPerson}},
	"/api/transcript": {{"GET", (*Sandbox).apiTranscript}},
	"/api/wait":       {{"GET", (*Sandbox).apiWait}},
	"/api/state":      {{"GET", (*Sandbox).apiState}},
	"/api/faults":     {{"POST", (*Sandbox).apiFaults}},
	"/api/refusals":   {{"GET", (*Sandbox).apiRefusals}},
	"/api/raw":        {{"POST", (*Sandbox).apiRaw}},
	"/api/redeliver":  {{"POST", (*Sandbox).apiRedeliver}},
	"/api/pending":    {{"GET", (*Sandbox).apiPending}},
	"/api/about":      {{"GET", (*Sandbox).apiAbout}},
}

func (s *Sandbox) serveAPI(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	switch r.URL.Path {
	case "/api/events":
		s.serveEvents(w, r)
		return
	case "/api/file":
		s.serveAttachment(w, r)
		return
	}
	known, ok := routes[r.URL.Path]
	if !ok {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "no such address; see README.md"})
		return
	}
	for _, route := range known {
		if route.method != r.Method {
			continue
		}
		result, err := route.do(s, r)
		var p problem
		switch {
		case err == nil:
			writeJSON(w, http.StatusOK, result)
		case errors.As(err, &p):
			writeJSON(w, p.status, map[string]string{"error": p.text})
		case errors.Is(err, errNoMessage), errors.Is(err, errNoButton):
			writeJSON(w, http.StatusNotFound, map[string]string{"error": err.Error()})
		case errors.Is(err, errNotOwn):
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		default:
			writeJSON(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
		}
		return
	}
	w.Header().Set("Allow", known[0].method)
	writeJSON(w, http.StatusMethodNotAllowed, map[string]string{"error": "wrong method"})
}

// body reads a JSON request. The content type is asked for because a foreign
// page cannot send it without the browser asking us first.
func body(r *http.Request, into any) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		return problem{http.StatusUnsupportedMediaType, "send Content-Type: application/json"}
	}
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return wrong("can't read the JSON body: %v", err)
	}
	return nil
}

func chatOf(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.URL.Query().Get("chat"), 10, 64)
	if err != nil || id == 0 {
		return 0, wrong("give ?chat=, a number")
	}
	return id, nil
}

func (s *Sandbox) apiSay(r *http.Request) (any, error) {
	var in struct {
		Chat   int64
		Text   string
		Person int64 // in a group: who says it
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	if in.Chat == 0 {
		return nil, wrong("chat is missing")
	}
	id := s.say(in.Chat, in.Person, in.Text, nil)
	if id == 0 {
		return nil, wrong("text is empty")
	}
	return map[string]int{"message": id}, nil
}

func (s *Sandbox) apiTap(r *http.Request) (any, error) {
	var in struct {
		Chat    int64
		Message int
		Button  string
		Data    *string // forged: need not be on the message
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	var id string
	var err error
	if in.Data != nil {
		id, err = s.TapData(in.Chat, in.Message, *in.Data)
	} else {
		id, err = s.Tap(in.Chat, in.Message, in.Button)
	}
	return map[string]string{"query": id}, err
}

type origin struct {
	Kind string
	Name string
	Date string
}

func (o origin) read() (*Origin, error) {
	switch o.Kind {
	case "user", "hidden_user", "chat", "channel":
	default:
		return nil, wrong("origin kind must be user, hidden_user, chat or channel")
	}
	if o.Name == "" {
		return nil, wrong("origin name is missing")
	}
	out := &Origin{Kind: o.Kind, Name: o.Name}
	if o.Date != "" {
		t, err := time.Parse(time.RFC3339, o.Date)
		if err != nil {
			return nil, wrong("origin date must look like 2026-03-02T10:00:00Z")
		}
		out.Date = t
	}
	return out, nil
}

func (s *Sandbox) apiForward(r *http.Request) (any, error) {
	var in struct {
		Chat   int64
		Origin origin
		Text   string
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	o, err := in.Origin.read()
	if err != nil {
		return nil, err
	}
	if in.Chat == 0 {
		return nil, wrong("chat is missing")
	}
	id := s.Forward(in.Chat, *o, in.Text)
	if id == 0 {
		return nil, wrong("text is empty")
	}
	return map[string]int{"message": id}, nil
}

// apiSend takes one file or, as an album, several.
func (s *Sandbox) apiSend(r *http.Request) (any, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxFiles)
	if err := r.ParseMultipartForm(maxFiles); err != nil {
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			return nil, problem{http.StatusRequestEntityTooLarge, "at most 64 MiB in one request"}
		}
		return nil, wrong("send multipart/form-data: %v", err)
	}
	defer r.MultipartForm.RemoveAll()
	chat, err := strconv.ParseInt(r.FormValue("chat"), 10, 64)
	if err != nil || chat == 0 {
		return nil, wrong("chat is missing")
	}
	f := File{As: r.FormValue("as"), Caption: r.FormValue("caption")}
	if kind := r.FormValue("forward_kind"); kind != "" {
		f.Forward, err = origin{kind, r.FormValue("forward_name"), r.FormValue("forward_date")}.read()
		if err != nil {
			return nil, err
		}
	}
	given := r.MultipartForm.File["file"]
	if len(given) == 0 {
		return nil, wrong("file is missing")
	}
	if len(given) > 10 {
		return nil, wrong("an album has at most 10 files")
	}
	if len(given) > 1 {
		f.Album = strconv.FormatUint(random(), 36)
	}
	ids := []int{}
	for i, header := range given {
		in, err := header.Open()
		if err != nil {
			return nil, err
		}
		f.Data, err = io.ReadAll(in)
		in.Close()
		if err != nil {
			return nil, err
		}
		f.Name, f.Type = header.Filename, header.Header.Get("Content-Type")
		if i > 0 {
			f.Caption = ""
		}
		id := s.Send(chat, f)
		if id == 0 {
			return nil, wrong("as must be photo, document, voice, video, audio or video_note")
		}
		ids = append(ids, id)
	}
	return map[string][]int{"messages": ids}, nil
}

func (s *Sandbox) apiEdit(r *http.Request) (any, error) {
	var in struct {
		Chat    int64
		Message int
		Text    string
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	return map[string]bool{"ok": true}, s.Edit(in.Chat, in.Message, in.Text)
}

func (s *Sandbox) apiBlock(r *http.Request) (any, error)   { return block(r, s.Block) }
func (s *Sandbox) apiUnblock(r *http.Request) (any, error) { return block(r, s.Unblock) }

func block(r *http.Request, do func(int64)) (any, error) {
	var in struct{ Chat int64 }
	if err := body(r, &in); err != nil {
		return nil, err
	}
	if in.Chat == 0 {
		return nil, wrong("chat is missing")
	}
	do(in.Chat)
	return map[string]bool{"ok": true}, nil
}

func (s *Sandbox) apiClock(*http.Request) (any, error) {
	return map[string]any{"now": s.Now(), "frozen": s.options.Frozen}, nil
}

func (s *Sandbox) apiSetClock(r *http.Request) (any, error) {
	var in struct{ Advance, Set string }
	if err := body(r, &in); err != nil {
		return nil, err
	}
	switch {
	case in.Advance != "":
		d, err := duration(in.Advance)
		if err != nil || d < 0 {
			return nil, wrong(`advance must look like "14d", "36h" or "1d12h"`)
		}
		s.Move(d)
	case in.Set != "":
		t, err := time.Parse(time.RFC3339, in.Set)
		if err != nil {
			return nil, wrong("set must look like 2026-03-02T10:00:00Z")
		}
		if t.Before(s.Now()) {
			return nil, wrong("the clock never goes back")
		}
		s.Set(t)
	default:
		return nil, wrong("give advance or set")
	}
	return s.apiClock(r)
}

// duration reads Go durations with days before them: "14d", "1d12h".
func duration(text string) (time.Duration, error) {
	var d time.Duration
	if days, rest, ok := strings.Cut(text, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil || n < 0 || n > 36500 {
			return 0, wrong("wrong number of days %q", days)
		}
		d, text = time.Duration(n*float64(24*time.Hour)), rest
		if text == "" {
			return d, nil
		}
	}
	more, err := time.ParseDuration(text)
	return d + more, err
}

func (s *Sandbox) apiPeople(*http.Request) (any, error) { return s.Chats(), nil }

func (s *Sandbox) apiAddPerson(r *http.Request) (any, error) {
	var p Person
	if err := body(r, &p); err != nil {
		return nil, err
	}
	if p.ID < 0 {
		return nil, wrong("a person's id is positive")
	}
	return s.AddPerson(p), nil
}

func (s *Sandbox) apiTranscript(r *http.Request) (any, error) {
	chat, err := chatOf(r)
	if err != nil {
		return nil, err
	}
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	revision, _ := strconv.ParseInt(r.URL.Query().Get("revision"), 10, 64)
	return s.messages(chat, func(m *message) bool { return m.ID > after && m.Revision > revision }), nil
}

func (s *Sandbox) apiWait(r *http.Request) (any, error) {
	chat, err := chatOf(r)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	timeout := 10 * time.Second
	if given := q.Get("timeout"); given != "" {
		if timeout, err = time.ParseDuration(given); err != nil || timeout < 0 {
			return nil, wrong(`timeout must look like "10s"`)
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), min(timeout, waitMost))
	defer cancel()
	var list []Message
	if given := q.Get("revision"); given != "" {
		revision, err := strconv.ParseInt(given, 10, 64)
		if err != nil {
			return nil, wrong("revision must be a number")
		}
		list, err = s.WaitRevision(ctx, chat, revision)
		if err != nil {
			return nil, waited(err)
		}
		return list, nil
	}
	after, _ := strconv.Atoi(q.Get("after"))
	if list, err = s.Wait(ctx, chat, after); err != nil {
		return nil, waited(err)
	}
	return list, nil
}

func waited(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return problem{http.StatusRequestTimeout, "the bot has sent nothing in that time"}
	}
	return err
}

func (s *Sandbox) apiState(r *http.Request) (any, error) {
	chat, err := chatOf(r)
	if err != nil {
		return nil, err
	}
	if s.options.State == nil {
		return nil, problem{http.StatusNotFound, "this sandbox was started without a view of the bot's state"}
	}
	return s.options.State(r.Context(), chat)
}

func (s *Sandbox) apiFaults(r *http.Request) (any, error) {
	var f Faults
	if err := body(r, &f); err != nil {
		return nil, err
	}
	s.Faults(f)
	return map[string]bool{"ok": true}, nil
}

func (s *Sandbox) apiRefusals(*http.Request) (any, error) {
	return append([]Refusal{}, s.Refusals()...), nil
}

func (s *Sandbox) apiRaw(r *http.Request) (any, error) {
	var object json.RawMessage
	if err := body(r, &object); err != nil {
		return nil, err
	}
	id, err := s.Raw(object)
	if err != nil {
		return nil, wrong("%v", err)
	}
	return map[string]int64{"update": id}, nil
}

func (s *Sandbox) apiRedeliver(r *http.Request) (any, error) {
	var in struct{ Update int64 }
	if err := body(r, &in); err != nil {
		return nil, err
	}
	if !s.Redeliver(in.Update) {
		return nil, problem{http.StatusNotFound, "no such update"}
	}
	return map[string]bool{"ok": true}, nil
}

func (s *Sandbox) apiPending(*http.Request) (any, error) {
	return map[string]int{"pending": s.Pending()}, nil
}

// apiAbout is what the page shows of the bot to a person.
func (s *Sandbox) apiAbout(r *http.Request) (any, error) {
	chat, _ := strconv.ParseInt(r.URL.Query().Get("chat"), 10, 64)
	menu := s.Menu(chat)
	s.mu.Lock()
	defer s.mu.Unlock()
	language := s.language(chat)
	return map[string]any{
		"name": s.botName(language), "username": s.bot.Username,
		"description": inLanguage(s.long, language), "short": inLanguage(s.short, language),
		"commands": menu, "state": s.options.State != nil, "frozen": s.options.Frozen,
	}, nil
}

// serveEvents streams Events as server-sent events. A reader that was away
// sends the last number it saw; when that is too long ago it gets "reset".
func (s *Sandbox) serveEvents(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "no streaming", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	s.mu.Lock()
	seen := s.lastSeq
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		if n, err := strconv.ParseInt(last, 10, 64); err == nil && n < seen {
			seen = n
		}
	}
	lost := len(s.events) > 0 && seen+1 < s.events[0].Seq
	s.mu.Unlock()
	fmt.Fprint(w, "retry: 1000\n\n")
	if lost {
		fmt.Fprint(w, "data: {\"kind\":\"reset\"}\n\n")
	}
	flusher.Flush()
	alive := time.NewTicker(20 * time.Second)
	defer alive.Stop()
	for {
		s.mu.Lock()
		noted := s.noted
		var fresh []Event
		for _, e := range s.events {
			if e.Seq > seen {
				fresh = append(fresh, e)
			}
		}
		s.mu.Unlock()
		for _, e := range fresh {
			fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.Seq, toJSON(e))
			seen = e.Seq
		}
		if len(fresh) > 0 {
			flusher.Flush()
		}
		select {
		case <-noted:
		case <-alive.C:
			fmt.Fprint(w, ": still here\n\n")
			flusher.Flush()
		case <-r.Context().Done():
			return
		case <-s.closed:
			return
		}
	}
}

// inline are the types a browser may show; all others are downloads, so that
// an HTML or SVG file of a stranger never runs as a page of ours.
var inline = map[string]bool{
	"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true,
	"audio/ogg": true, "audio/mpeg": true, "audio/mp4": true, "video/mp4": true, "video/webm": true,
}

func (s *Sandbox) serveAttachment(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.files[r.URL.Query().Get("id")]
	s.mu.Unlock()
	if f == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	name := f.name
	if name == "" {
		name = f.path[strings.LastIndexByte(f.path, '/')+1:]
	}
	if inline[f.mime] && r.URL.Query().Get("download") == "" {
		w.Header().Set("Content-Type", f.mime)
	} else {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(f.data)))
	w.Write(f.data)
}
