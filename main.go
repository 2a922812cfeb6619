// Recourse guides people through a dispute with an online shop, as a Telegram
// bot. This file puts the house together: settings from the environment, the
// content and the conversation (flows), the memory (store), Telegram (bot).
// Without a token it starts a stand-in for Telegram on this machine
// (bot/sandbox) and the chat page that belongs to it.
//
//	recourse                 run
//	recourse check [DIR]     check what lawyers and translators wrote
//	recourse diagram         draw the dialogue (Mermaid)
//	recourse read            tell what merchants' messages are, JSON lines in and out
//	recourse backup DIR      copy everything into a new folder
//	recourse verify ZIP      check a dossier, whoever gave it to you
//
// A start that can't be right says why in one line and does not begin.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/caarlos0/env/v11"

	"recourse/bot"
	"recourse/bot/sandbox"
	"recourse/flows"
	"recourse/flows/content"
	"recourse/flows/dossier"
	"recourse/flows/reading"
	"recourse/store"
)

// The store satisfies what the bot asks for, without knowing it.
var (
	_ bot.Turns   = (*store.Store)(nil)
	_ bot.Outbox  = (*store.Store)(nil)
	_ bot.Alarm   = (*store.Store)(nil)
	_ bot.Jobs    = (*store.Store)(nil)
	_ bot.Vault   = vault{}
	_ bot.Records = (*store.Store)(nil)
	_ bot.Stamps  = (*store.Store)(nil)
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends at once
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

const usage = "recourse [check [DIR] | diagram | read | backup DIR | verify ZIP]"

// misuse is a command line that can't be understood.
type misuse string

func (m misuse) Error() string { return string(m) }

// run is main with its hands untied: the exit code is 0, 1 for what went wrong,
// 2 for a command line nobody understands.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	err := dispatch(ctx, args, environ, stdin, stdout, stderr)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "recourse:", strings.Join(strings.Fields(err.Error()), " "))
	if m := misuse(""); errors.As(err, &m) {
		return 2
	}
	return 1
}

func dispatch(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return serve(ctx, environ, stdout, stderr)
	}
	name, rest := args[0], args[1:]
	switch {
	case name == "check" && len(rest) == 0:
		return check(content.Embedded(), stdout, stderr)
	case name == "check" && len(rest) == 1:
		return check(os.DirFS(rest[0]), stdout, stderr)
	case name == "diagram" && len(rest) == 0:
		return diagram(stdout)
	case name == "read" && len(rest) == 0:
		return read(stdin, stdout, stderr)
	case name == "backup" && len(rest) == 1:
		return backup(ctx, environ, rest[0], stdout)
	case name == "verify" && len(rest) == 1:
		return verify(rest[0], stdout)
	case name == "check" || name == "diagram" || name == "read" || name == "backup" || name == "verify":
		return misuse(name + ": wrong number of arguments; it is: " + usage)
	}
	return misuse(fmt.Sprintf("unknown command %q; it is: %s", name, usage))
}

// settings come from the environment; README.md explains them.
type settings struct {
	Token     bot.Secret `env:"TELEGRAM_BOT_TOKEN"` // none: the stand-in for Telegram is started
	TokenFile string     `env:"TELEGRAM_BOT_TOKEN_FILE"`
	API       string     `env:"TELEGRAM_API_URL" envDefault:"https://api.telegram.org"`
	Data      string     `env:"DATA_DIR" envDefault:"data"`
	Listen    string     `env:"LISTEN_ADDR" envDefault:"127.0.0.1:8080"` // of the stand-in
	Authority string     `env:"TSA_URL"`                                 // attests the ends of logs (RFC 3161); none: nobody does
}

func readSettings(environ []string) (settings, error) {
	s, err := env.ParseAsWithOptions[settings](env.Options{Environment: env.ToMap(environ)})
	if err != nil {
		return s, fmt.Errorf("read the settings: %w", err)
	}
	if s.TokenFile != "" {
		if s.Token.Reveal() != "" {
			return s, errors.New("TELEGRAM_BOT_TOKEN and TELEGRAM_BOT_TOKEN_FILE are both set; which is it?")
		}
		text, err := os.ReadFile(s.TokenFile)
		if err != nil {
			return s, fmt.Errorf("TELEGRAM_BOT_TOKEN_FILE: %w", err)
		}
		if s.Token = bot.NewSecret(string(text)); s.Token.Reveal() == "" {
			return s, fmt.Errorf("TELEGRAM_BOT_TOKEN_FILE: %s is empty", s.TokenFile)
		}
	}
	if a, err := url.Parse(s.Authority); s.Authority != "" && (err != nil || a.Host == "" || a.Scheme != "http" && a.Scheme != "https") {
		return s, errors.New("TSA_URL is not a web address; it looks like https://tsa.example.org/tsr")
	}
	return s, nil
}

// serve runs the bot until ctx ends.
func serve(ctx context.Context, environ []string, stdout, stderr io.Writer) (err error) {
	set, err := readSettings(environ)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	local := set.Token.Reveal() == ""
	var listener net.Listener
	if local {
		if listener, err = listen(set.Listen); err != nil {
			return err
		}
		defer listener.Close()
	}
	guide, err := newGuide()
	if err != nil {
		return err
	}

	memory, err := store.Open(ctx, set.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, memory.Close()) }()
	memory.Log = log

	now, pace := time.Now, 0
	if local {
		set.Token, set.API = bot.NewSecret("1:"+rand.Text()), "http://"+listener.Addr().String()
		box := sandbox.New(sandbox.Options{
			Token: set.Token.Reveal(),
			State: func(ctx context.Context, chat int64) (any, error) { return memory.Person(ctx, chat) },
		})
		web := &http.Server{Handler: box.Handler(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
		served := make(chan error, 1)
		go func() { served <- web.Serve(listener) }()
		defer func() { // after the bot, before the memory
			box.Close()
			web.Close()
			if end := <-served; !errors.Is(end, http.ErrServerClosed) {
				err = errors.Join(err, end)
			}
		}()
		now, pace = box.Now, 1000 // nobody to spare here
		memory.Now = now
		fmt.Fprintf(stdout, "Open %s\n", set.API)
	}

	b, err := bot.New(bot.Settings{
		Token: set.Token, API: set.API,
		Turns: memory, Outbox: memory, Alarm: memory, Jobs: memory, Vault: vault{memory}, Absence: memory,
		Records: memory, Dossier: guide.Dossier, Key: memory.Key(), Stamps: memory, Authority: set.Authority, Recognizer: bot.Tesseract(), Emergency: guide.Emergency,
		Advance: guide.Advance, Now: now, Log: log,
		Words: words(guide), Prune: memory.Prune, Pace: pace,
	})
	if err != nil {
		return err
	}
	return b.Run(ctx)
}

// listen opens the door of the stand-in, to this machine only: whoever can
// reach it can be anybody in its chats.
func listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("LISTEN_ADDR %q is not an address like 127.0.0.1:8080", address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("LISTEN_ADDR %q: without a token only this machine may listen, as in 127.0.0.1:8080", address)
	}
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("LISTEN_ADDR %s is in use by another program", address)
	}
	if err != nil {
		return nil, fmt.Errorf("LISTEN_ADDR %q: %w", address, err)
	}
	return l, nil
}

// newGuide makes the conversation out of the content that is built in.
func newGuide() (*flows.Guide, error) {
	c, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		return nil, fmt.Errorf("the content has %d mistakes (recourse check lists them), the first: %s", len(problems), problems[0])
	}
	guide, err := flows.New(c)
	if err != nil {
		return nil, fmt.Errorf("build the dialogue: %w", err)
	}
	return guide, nil
}

// words are what Telegram shows of the bot, language by language.
func words(guide *flows.Guide) (all []bot.Words) {
	for _, m := range guide.Menus() {
		w := bot.Words{Language: m.Language, Description: m.Description, Short: m.Short}
		for _, c := range m.Commands {
			w.Commands = append(w.Commands, bot.Command(c))
		}
		all = append(all, w)
	}
	return all
}

// check reads content, fills every letter with samples, and prints what is wrong.
func check(files fs.FS, stdout, stderr io.Writer) error {
	c, problems := content.CheckAll(files)
	for _, p := range problems {
		fmt.Fprintln(stderr, p)
	}
	if n := len(problems); n > 0 {
		return fmt.Errorf("%d mistakes in the content", n)
	}
	if _, err := flows.New(c); err != nil {
		return fmt.Errorf("build the dialogue: %w", err)
	}
	fmt.Fprintf(stdout, "The content is whole: %d countries, %d languages.\n", len(c.Countries), len(c.Languages))
	return nil
}

// diagram prints the dialogue as a picture in words.
func diagram(stdout io.Writer) error {
	guide, err := newGuide()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, strings.TrimRight(guide.Diagram(), "\n"))
	return err
}

// read tells what merchants' messages are: a JSON object a line in, with id, lang
// and text, one out in the same order, with id, labels, because and severity. A
// line that can't be read is told and passed over.
func read(stdin io.Reader, stdout, stderr io.Writer) error {
	c, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		return fmt.Errorf("the content has %d mistakes (recourse check lists them), the first: %s", len(problems), problems[0])
	}
	type because struct {
		Label string `json:"label"`
		Words string `json:"words"`
	}
	type answer struct {
		ID       json.RawMessage `json:"id"`
		Labels   []string        `json:"labels"`
		Because  []because       `json:"because"`
		Severity int             `json:"severity"`
	}
	in, out := bufio.NewReaderSize(stdin, 1<<16), bufio.NewWriter(stdout)
	write := json.NewEncoder(out)
	write.SetEscapeHTML(false)
	today := reading.DateOf(time.Now())
	bad := 0
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return errors.Join(fmt.Errorf("read line %d: %w", n, err), out.Flush())
		}
		if len(bytes.TrimSpace(line)) > 0 {
			var m struct {
				ID   json.RawMessage `json:"id"`
				Lang string          `json:"lang"`
				Text *string         `json:"text"`
			}
			wrong := json.Unmarshal(line, &m)
			if wrong == nil && m.Text == nil {
				wrong = errors.New(`"text" is missing`)
			}
			if wrong == nil {
				if m.ID == nil {
					m.ID = json.RawMessage("null")
				}
				r := c.Messages.Read(m.Lang, *m.Text, today)
				a := answer{ID: m.ID, Labels: r.Labels, Because: []because{}, Severity: r.Severity}
				for _, b := range r.Because {
					a.Because = append(a.Because, because(b))
				}
				wrong = write.Encode(a)
				if wrong != nil {
					return fmt.Errorf("write the answer to line %d: %w", n, wrong)
				}
			} else {
				bad++
				fmt.Fprintf(stderr, "line %d is no message: %v\n", n, wrong)
			}
		}
		if in.Buffered() == 0 || err == io.EOF { // whoever waits for an answer gets it
			if wrong := out.Flush(); wrong != nil {
				return fmt.Errorf("write the answers: %w", wrong)
			}
		}
		if err == io.EOF {
			break
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d lines are no messages; a line is {\"id\": …, \"lang\": …, \"text\": …}", bad)
	}
	return nil
}

// backup copies the memory into a new folder; the bot may be at work meanwhile.
func backup(ctx context.Context, environ []string, to string, stdout io.Writer) (err error) {
	set, err := readSettings(environ)
	if err != nil {
		return err
	}
	if err := store.BackupOf(ctx, set.Data, to); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Copied to %s\n", filepath.Clean(to))
	return nil
}

// verify checks a dossier, or a part of one, and says what it holds. It needs
// nothing but the file: no settings, no memory, no network.
func verify(name string, stdout io.Writer) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer f.Close()
	about, err := f.Stat()
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if !about.Mode().IsRegular() {
		return fmt.Errorf("verify: %s is no file", name)
	}
	report, err := dossier.Verify(f, about.Size())
	if err != nil {
		return fmt.Errorf("%s is not as it was signed: %w", name, err)
	}
	_, err = io.WriteString(stdout, report.String())
	return err
}

// vault speaks the bot's words for the store's.
type vault struct{ *store.Store }

func (v vault) Put(ctx context.Context, person int64, r io.Reader, limit int64) (string, int64, []byte, error) {
	kept, err := v.Store.Put(ctx, person, r, limit)
	switch {
	case errors.Is(err, store.ErrTooBig):
		err = bot.ErrTooBig
	case errors.Is(err, store.ErrUnwanted):
		err = bot.ErrUnwanted
	}
	return kept.SHA256, kept.Size, kept.Head, err
}
