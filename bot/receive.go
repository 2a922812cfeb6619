package bot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"recourse/flows"
)

// Telegram is the inbox: it keeps an update until somebody asks for a later
// one. So nothing is stored on arrival; the offset moves only after Turns, and
// what was in hand when the program died simply comes again.
//
// The kinds asked for. Of all others none is sent.
var wanted = []string{"message", "edited_message", "callback_query", "my_chat_member", "channel_post"}

// refusal is Telegram's "no" to getUpdates.
type refusal struct {
	code  int
	after time.Duration // of a 429
}

func (e *refusal) Error() string { return fmt.Sprintf("Telegram refused getUpdates: %d", e.code) }

// denied tells a token that is not valid any more.
func (e *refusal) denied() bool { return e.code == 401 || e.code == 404 }

// receive asks for updates until ctx ends.
func (b *Bot) receive(ctx context.Context) {
	for failures := 0; ; {
		_, err := b.poll(ctx, pollTime)
		if ctx.Err() != nil {
			return
		}
		// Told only after a first answer: before it the bot is still away, and
		// what Telegram did keep is heard first.
		if err == nil {
			err = b.missed(ctx)
		}
		if err == nil {
			failures = 0
			continue
		}
		failures++
		b.complain(err)
		if !b.pause(ctx, b.patience(err, failures)) {
			return
		}
	}
}

// poll asks once, waiting up to timeout for something to come, and takes in
// what came; n counts the updates.
func (b *Bot) poll(ctx context.Context, timeout time.Duration) (n int, err error) {
	updates, err := b.ask(ctx, timeout)
	if err != nil || len(updates) == 0 {
		return 0, err
	}
	inputs, next := b.hear(updates)
	if next == 0 {
		return 0, errors.New("updates without ids came")
	}
	if len(inputs) > 0 {
		lost, err := b.takeIn(ctx, inputs)
		b.emergencies(ctx, lost)
		if err != nil {
			return 0, err
		}
	}
	// Not the highest ever: after a silent week the ids begin anywhere.
	b.offset = next
	return len(updates), nil
}

// ask is getUpdates, its updates undecoded: one that nobody understands must
// not spoil the others.
func (b *Bot) ask(ctx context.Context, timeout time.Duration) ([]json.RawMessage, error) {
	ctx, end := context.WithTimeout(ctx, timeout+callTime/2)
	defer end()
	body, err := json.Marshal(map[string]any{
		"offset": b.offset, "limit": 100, "timeout": int(timeout.Seconds()), "allowed_updates": wanted,
	})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost,
		b.set.API+"/bot"+b.set.Token.Reveal()+"/getUpdates", bytes.NewReader(body))
	if err != nil {
		return nil, withoutURL(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := b.client.Do(request)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer response.Body.Close()
	var answer struct {
		OK         bool              `json:"ok"`
		Result     []json.RawMessage `json:"result"`
		Code       int               `json:"error_code"`
		Parameters struct {
			After int `json:"retry_after"`
		} `json:"parameters"`
	}
	const most = 16 << 20 // a hundred updates of 64 KiB are less
	if err := json.NewDecoder(io.LimitReader(response.Body, most)).Decode(&answer); err != nil {
		if response.StatusCode != http.StatusOK {
			return nil, &unavailable{response.StatusCode}
		}
		return nil, fmt.Errorf("read the answer to getUpdates: %w", err)
	}
	if !answer.OK {
		return nil, &refusal{answer.Code, time.Duration(answer.Parameters.After) * time.Second}
	}
	return answer.Result, nil
}

// hear reads a batch in the order of its ids: taps and texts may have come
// mixed. next is the offset that confirms it.
func (b *Bot) hear(updates []json.RawMessage) (inputs []flows.Input, next int64) {
	type heard struct {
		update int64
		in     flows.Input
	}
	var all []heard
	for _, raw := range updates {
		in, update, ok := read(raw, b.set.Now())
		if update != 0 {
			next = max(next, update+1)
		}
		if !ok {
			b.set.Log.Info("update passed over", "update", update)
			continue
		}
		all = append(all, heard{update, in})
	}
	slices.SortStableFunc(all, func(x, y heard) int { return cmp.Compare(x.update, y.update) })
	for _, h := range all {
		inputs = append(inputs, h.in)
	}
	return inputs, next
}

// complain logs why nothing was received.
func (b *Bot) complain(err error) {
	var no *refusal
	var unheard *storeError
	switch {
	case errors.As(err, &unheard):
		b.set.Log.Error("turn not kept, updates will be asked for again", "error", unheard.err)
	case errors.As(err, &no) && no.denied():
		b.set.Log.Error("ALARM: the token is refused by Telegram", "code", no.code)
	case errors.As(err, &no) && no.code == http.StatusConflict:
		b.set.Log.Error("ALARM: another program asks for this bot's updates, or a webhook is set", "code", no.code)
	case errors.As(err, &no):
		b.set.Log.Warn("telegram refuses updates", "code", no.code)
	default:
		b.set.Log.Warn("telegram not reached", "error", b.scrub(err))
	}
}

// patience is how long to wait before asking again.
func (b *Bot) patience(err error, failures int) time.Duration {
	var no *refusal
	if errors.As(err, &no) {
		switch {
		case no.code == http.StatusTooManyRequests:
			return max(no.after, b.second)
		case no.denied():
			return max(b.growing(failures), 30*b.second)
		case no.code == http.StatusConflict:
			return max(b.growing(failures), 5*b.second)
		}
	}
	return b.growing(failures)
}

// takeIn takes inputs in; lost are those that were not: all of them where the
// store fails, else those over which the conversation broke.
func (b *Bot) takeIn(ctx context.Context, inputs []flows.Input) (lost []flows.Input, err error) {
	begun, done := map[string]bool{}, map[string]bool{}
	advance := func(p *flows.Person, in flows.Input) []flows.Effect {
		if _, again := in.Event.(flows.Failed); again { // the apology for the same input
			return b.set.Advance(p, in)
		}
		begun[in.ID] = true
		effects := b.set.Advance(p, in)
		done[in.ID] = true
		return effects
	}
	if err := b.turnsBy(ctx, advance, inputs...); err != nil {
		return inputs, err
	}
	for _, in := range inputs {
		if begun[in.ID] && !done[in.ID] {
			lost = append(lost, in)
		}
	}
	return lost, nil
}

// emergencies answers calls for help that could not be taken in, without the
// store, once a minute a chat. They are taken in as well when the store works
// again: to be told twice does no harm here.
func (b *Bot) emergencies(ctx context.Context, inputs []flows.Input) {
	if b.set.Emergency == nil {
		return
	}
	for _, in := range inputs {
		text, ok := b.set.Emergency(in)
		if !ok || time.Since(b.helped[in.Person]) < helpEvery {
			continue
		}
		if len(b.helped) > 10_000 { // forgotten, somebody is told a little too often
			clear(b.helped)
		}
		b.helped[in.Person] = time.Now()
		b.set.Log.Error("ALARM: a call for help was answered without the store", "person", in.Person)
		for _, p := range show(flows.Say{Text: text}, nil) {
			if _, err := b.part(ctx, in.Person, 0, p); err != nil {
				b.set.Log.Error("a call for help was not answered", "person", in.Person, "why", judge(err).what)
			}
		}
	}
}

// helpEvery is how often somebody is told without the store.
const helpEvery = time.Minute
