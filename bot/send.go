package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"recourse/flows"
)

const (
	lanes   = 32             // chats written to at the same moment
	handful = 8              // rows of one chat before others have their turn
	glance  = 256            // rows read at first
	hideFor = 48 * time.Hour // how long Telegram lets a bot take back what it wrote
)

// outcome is what a lane tells when it ends.
type outcome struct {
	chat     int64
	failures int // in a row, so far
}

// send takes what waits in the outbox to Telegram: one lane a chat, so that
// its order is kept, and many lanes, so that no chat waits for another. After
// drain is closed it goes on until nothing is due. It starts and waits for the
// lanes itself.
func (b *Bot) send(ctx context.Context, drain <-chan struct{}) {
	busy := map[int64]bool{}
	failed := map[int64]int{} // only chats in trouble
	ended := make(chan outcome, lanes)
	note := func(o outcome) {
		delete(busy, o.chat)
		if delete(failed, o.chat); o.failures > 0 {
			failed[o.chat] = o.failures
		}
	}
	draining, stumbles := false, 0
	var ready [][]flows.Outgoing // read, and waiting for a lane
	var read time.Time           // when
	for {
		// Lanes that ended are noted here and never between reading the outbox
		// and handing out: rows read before a lane marked them would go twice.
		for len(ended) > 0 {
			note(<-ended)
		}
		pause := b.second
		if time.Since(read) > time.Second {
			ready = nil // somebody may have erased everything meanwhile
		}
		if len(busy) < lanes && len(ready) == 0 && ctx.Err() == nil {
			var err error
			ready, err = b.waiting(ctx, busy)
			read = time.Now()
			if err == nil {
				stumbles = 0
			} else {
				stumbles++
				pause = b.growing(stumbles)
				b.set.Log.Error("outbox not read", "error", err)
			}
			if draining && len(busy) == 0 && len(ready) == 0 && err == nil {
				return
			}
		}
		for ; len(ready) > 0 && len(busy) < lanes && ctx.Err() == nil; ready = ready[1:] {
			rows := ready[0]
			chat := rows[0].Person
			failures := failed[chat]
			busy[chat] = true
			go func() { ended <- outcome{chat, b.lane(ctx, rows, failures)} }()
		}
		if ctx.Err() != nil {
			for len(busy) > 0 {
				note(<-ended)
			}
			return
		}
		select {
		case o := <-ended:
			note(o)
		case <-b.toSend:
		case <-time.After(pause):
		case <-drain:
			drain, draining = nil, true
		case <-ctx.Done():
		}
	}
}

// waiting reads what is due, by chats, without those that are busy. It looks
// further where one person's rows fill all that it sees.
func (b *Bot) waiting(ctx context.Context, busy map[int64]bool) ([][]flows.Outgoing, error) {
	for limit := glance; ; limit *= 8 {
		rows, err := b.set.Outbox.Waiting(context.WithoutCancel(ctx), time.Now(), limit)
		if err != nil {
			return nil, fmt.Errorf("read the outbox: %w", err)
		}
		var chats [][]flows.Outgoing
		place := map[int64]int{}
		for _, row := range rows {
			if busy[row.Person] {
				continue
			}
			i, ok := place[row.Person]
			if !ok {
				i, place[row.Person] = len(chats), len(chats)
				chats = append(chats, nil)
			}
			if len(chats[i]) < handful {
				chats[i] = append(chats[i], row)
			}
		}
		if len(rows) < limit || len(chats)+len(busy) >= lanes || limit >= glance*64 {
			return chats, nil
		}
	}
}

// sendOnce sends all that is due, one row after another; later are the times
// to which rows were put off.
func (b *Bot) sendOnce(ctx context.Context) (n int, later []time.Time, err error) {
	failed := map[int64]int{}
	for ctx.Err() == nil {
		chats, err := b.waiting(ctx, nil)
		if err != nil {
			return n, later, err
		}
		went := 0
		for _, rows := range chats {
			chat := rows[0].Person
			for _, row := range toastsFirst(rows) {
				at, ok := b.post(ctx, row, failed[chat])
				if !at.IsZero() {
					failed[chat]++
					later = append(later, at)
				}
				if !ok {
					break
				}
				failed[chat] = 0
				went++
			}
		}
		if n += went; went == 0 {
			return n, later, nil
		}
	}
	return n, later, ctx.Err()
}

// lane sends rows of one chat until one has to wait.
func (b *Bot) lane(ctx context.Context, rows []flows.Outgoing, failures int) int {
	for _, row := range toastsFirst(rows) {
		if ctx.Err() != nil {
			return failures
		}
		at, ok := b.post(ctx, row, failures)
		if !at.IsZero() {
			return failures + 1
		}
		if !ok {
			return failures
		}
		failures = 0
	}
	return failures
}

// toastsFirst puts answers to taps before all else: Telegram shows a clock on
// the button until then, and soon takes them no more.
func toastsFirst(rows []flows.Outgoing) []flows.Outgoing {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y flows.Outgoing) int {
		_, a := x.Effect.(flows.Toast)
		_, b := y.Effect.(flows.Toast)
		switch {
		case a && !b:
			return -1
		case b && !a:
			return 1
		}
		return 0
	})
	return rows
}

// post sends one row and settles it in the outbox. later is when it is tried
// again, zero = it is done with, one way or the other. ok is false where the
// rows behind it must wait.
func (b *Bot) post(ctx context.Context, row flows.Outgoing, failures int) (later time.Time, ok bool) {
	message, err := b.deliver(ctx, row)
	if err != nil && ctx.Err() != nil {
		return later, false // it stays in the outbox
	}
	_, toast := row.Effect.(flows.Toast)
	_, words := row.Effect.(flows.Say)
	v := judge(err)
	switch {
	case err == nil:
		ok = b.mark(ctx, row, func(ctx context.Context) error { return b.set.Outbox.Sent(ctx, row.ID, message) })
	case toast: // too old by now, or nearly
		ok = b.drop(ctx, row, "toast: "+v.what)
	case v.what == shut:
		ok = b.blocked(ctx, row) && b.drop(ctx, row, "the chat is closed to the bot")
	case v.what == refused, v.what == unknown && !words:
		b.set.Log.Warn("telegram refused a row of the outbox, dropped", "row", row.ID, "what", fmt.Sprintf("%T", row.Effect))
		ok = b.drop(ctx, row, "refused by Telegram")
	default:
		if v.what == denied || v.what == unknown {
			b.set.Log.Error("ALARM: the token is refused by Telegram", "row", row.ID)
		}
		wait := b.growing(failures + 1)
		if v.what == flood {
			wait = v.after
		}
		later = time.Now().Add(wait)
		b.set.Log.Info("row of the outbox put off", "row", row.ID, "why", v.what)
		b.mark(ctx, row, func(ctx context.Context) error { return b.set.Outbox.Later(ctx, row.ID, later) })
		return later, false
	}
	if ok {
		b.parts.forget(row.ID)
	}
	return later, ok
}

// mark writes down what became of a row, however often it takes: a message
// that was sent and not marked would be sent again. false = ctx ended first.
func (b *Bot) mark(ctx context.Context, row flows.Outgoing, write func(context.Context) error) bool {
	for failures := 1; ; failures++ {
		err := write(context.WithoutCancel(ctx))
		if err == nil {
			return true
		}
		b.set.Log.Error("outbox not written", "row", row.ID, "error", err)
		if !b.pause(ctx, b.growing(failures)) {
			return false
		}
	}
}

func (b *Bot) drop(ctx context.Context, row flows.Outgoing, why string) bool {
	return b.mark(ctx, row, func(ctx context.Context) error { return b.set.Outbox.Drop(ctx, row.ID, why) })
}

// blocked tells the conversation that a person stopped the bot. It comes
// before the row is dropped: after a crash between the two, the same Input
// comes again and is passed over.
func (b *Bot) blocked(ctx context.Context, row flows.Outgoing) bool {
	if row.Person < 0 {
		return true // a group, which the bot leaves anyway
	}
	in := flows.Input{ID: fmt.Sprintf("blocked:%d", row.ID), Person: row.Person, At: b.set.Now(), Event: flows.Blocked{}}
	return b.mark(ctx, row, func(ctx context.Context) error { return b.turns(ctx, in) })
}

// progress remembers, while the program runs, how many parts of a long row
// went out, so that a part put off does not bring back those before it.
type progress struct {
	mu sync.Mutex
	of map[int64]int
}

func (p *progress) get(row int64) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of[row]
}

func (p *progress) set(row int64, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.of[row] = n
}

func (p *progress) forget(row int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.of, row)
}

// errNothing: a row that would show nothing.
var errNothing = fmt.Errorf("%w, nothing to show", telegram.ErrorBadRequest)

// deliver makes the calls of one row; message is the id of the last message
// that carries it.
func (b *Bot) deliver(ctx context.Context, row flows.Outgoing) (message int, err error) {
	defer func() {
		if p := recover(); p != nil { // one row must not take the others down
			b.set.Log.Error("ALARM: a row of the outbox could not be shown", "row", row.ID)
			err = errNothing
		}
	}()
	call, end := context.WithTimeout(ctx, callTime)
	defer end()
	switch e := row.Effect.(type) {
	case flows.Say:
		return b.say(ctx, row, e)
	case flows.Toast:
		_, err = b.api.AnswerCallbackQuery(call, &telegram.AnswerCallbackQueryParams{
			CallbackQueryID: e.Query, Text: shorten(harmless(e.Text), 200),
		})
	case flows.React:
		_, err = b.api.SetMessageReaction(call, &telegram.SetMessageReactionParams{
			ChatID: row.Person, MessageID: e.Message,
			Reaction: []models.ReactionType{{
				Type: models.ReactionTypeTypeEmoji, ReactionTypeEmoji: &models.ReactionTypeEmoji{Emoji: e.Emoji},
			}},
		})
	case flows.Hide:
		err = b.hide(ctx, row.Person)
	case flows.Menu:
		_, err = b.api.SetMyCommands(call, &telegram.SetMyCommandsParams{
			Commands: b.words(e.Language).menu(), Scope: &models.BotCommandScopeChat{ChatID: row.Person},
		})
	case flows.Leave:
		_, err = b.api.LeaveChat(call, &telegram.LeaveChatParams{ChatID: row.Person})
	default:
		return 0, errNothing
	}
	return 0, err
}

// say sends the parts of one Say, one after another.
func (b *Bot) say(ctx context.Context, row flows.Outgoing, say flows.Say) (message int, err error) {
	parts := show(say, row.Data)
	if len(parts) == 0 {
		return 0, errNothing
	}
	for i := min(b.parts.get(row.ID), len(parts)-1); i < len(parts); i++ {
		if err := b.pace.Wait(ctx); err != nil {
			return 0, err
		}
		edit := row.Edit
		if i > 0 || parts[i].document != nil {
			edit = 0
		}
		if message, err = b.part(ctx, row.Person, edit, parts[i]); err != nil {
			return 0, err
		}
		b.parts.set(row.ID, i+1)
	}
	return message, nil
}

// part sends one message, or changes one. What Telegram finds fault with in
// the form is sent once again plain; what can't be changed is sent anew.
func (b *Bot) part(ctx context.Context, chat int64, edit int, p part) (int, error) {
	for plain := false; ; {
		message, err := b.put(ctx, chat, edit, p)
		v := judge(err)
		switch {
		case v.what != refused:
			return message, err
		case edit != 0 && strings.Contains(v.words, "message is not modified"):
			return edit, nil
		case formal(v.words) && !plain:
			p, plain = p.plain(), true
		case edit != 0:
			edit = 0
		default:
			return 0, err
		}
	}
}

// formal tells that a refusal is about style or buttons, not about the words.
func formal(words string) bool {
	for _, w := range []string{"entit", "parse", "markup", "keyboard", "button", "url"} {
		if strings.Contains(words, w) {
			return true
		}
	}
	return false
}

// put is one call.
func (b *Bot) put(ctx context.Context, chat int64, edit int, p part) (int, error) {
	within := callTime
	if p.document != nil {
		within = fileTime
	}
	ctx, end := context.WithTimeout(ctx, within)
	defer end()
	preview := &models.LinkPreviewOptions{IsDisabled: telegram.True()}
	var m *models.Message
	var err error
	switch {
	case p.document != nil:
		data, missing := b.bytes(ctx, chat, p.document)
		if missing != nil {
			return 0, missing
		}
		defer data.Close()
		m, err = b.api.SendDocument(ctx, &telegram.SendDocumentParams{
			ChatID: chat, Caption: p.text, CaptionEntities: p.entities, ReplyMarkup: p.markup(), ProtectContent: p.protect,
			Document: &models.InputFileUpload{Filename: fileName(p.document.Name), Data: data},
		})
	case edit != 0:
		m, err = b.api.EditMessageText(ctx, &telegram.EditMessageTextParams{
			ChatID: chat, MessageID: edit, Text: p.text, Entities: p.entities, ReplyMarkup: p.markup(), LinkPreviewOptions: preview,
		})
	default:
		m, err = b.api.SendMessage(ctx, &telegram.SendMessageParams{
			ChatID: chat, Text: p.text, Entities: p.entities, ReplyMarkup: p.markup(), LinkPreviewOptions: preview, ProtectContent: p.protect,
		})
	}
	if m != nil && m.ID != 0 {
		// Telegram took it. The library may still have stumbled over something
		// new in the message as it came back, and must not make us repeat it.
		return m.ID, nil
	}
	return 0, err
}

// bytes gives what a document holds. One that is not in the vault any more, or
// not as it was, is never sent.
func (b *Bot) bytes(ctx context.Context, person int64, d *flows.Document) (io.ReadCloser, error) {
	if d.SHA256 == "" {
		return &held{bytes.NewReader(d.Data)}, nil
	}
	f, err := b.set.Vault.Open(ctx, person, d.SHA256)
	if err != nil {
		b.set.Log.Error("file to be sent is not in the vault", "error", err)
		return nil, errNothing
	}
	return f, nil
}

// held is a document in memory. It is used as a pointer: the library looks
// whether what it uploads is nil, and panics where that can't be.
type held struct{ *bytes.Reader }

func (*held) Close() error { return nil }

// hide takes back what the bot wrote. Messages that can't be taken back any
// more do not keep the others.
func (b *Bot) hide(ctx context.Context, person int64) error {
	ids, err := b.set.Outbox.Messages(context.WithoutCancel(ctx), person, b.set.Now().Add(-hideFor))
	if err != nil {
		return fmt.Errorf("list the bot's messages: %w", err)
	}
	var trouble []error
	for some := range slices.Chunk(ids, 100) {
		call, end := context.WithTimeout(ctx, callTime)
		_, err := b.api.DeleteMessages(call, &telegram.DeleteMessagesParams{ChatID: person, MessageIDs: some})
		end()
		if v := judge(err); v.what == flood || v.what == down {
			trouble = append(trouble, err) // taking back twice does no harm
		}
	}
	return errors.Join(trouble...)
}
