package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

var errClosed = errors.New("sandbox: closed")

// update is one entry of the queue. It is written down when it happens: later
// edits of the message do not change it, as with Telegram.
type update struct {
	id   int64
	kind string // "message", "callback_query", …
	at   time.Time
	body json.RawMessage
}

const (
	messageLife = 24 * time.Hour    // Telegram keeps an undelivered message so long,
	tapLife     = 150 * time.Second // and a tap so long.
	batchMax    = 100
	pollMax     = 50 // seconds; longer timeouts are cut, not refused
)

// kinds a bot must ask for by name.
var onRequest = map[string]bool{"chat_member": true, "message_reaction": true, "message_reaction_count": true}

// enqueue makes an update of one field. The caller holds s.mu. It returns 0
// when the bot did not ask for this kind.
func (s *Sandbox) enqueue(kind string, value any) int64 {
	if s.allowed == nil && onRequest[kind] || s.allowed != nil && !s.allowed[kind] {
		return 0
	}
	id := s.nextID
	s.nextID++
	s.push(update{id: id, kind: kind, at: s.Now(), body: toJSON(map[string]any{"update_id": id, kind: value})})
	return id
}

func (s *Sandbox) push(u update) {
	s.queue = append(s.queue, u)
	s.past[u.id] = u
	s.wakePoll()
}

func (s *Sandbox) wakePoll() {
	close(s.arrived)
	s.arrived = make(chan struct{})
}

// Raw puts an update into the queue as it is; update_id is replaced by the
// next one unless the object has its own. It returns the id. Use it for kinds
// the sandbox does not make itself.
func (s *Sandbox) Raw(object []byte) (int64, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(object, &fields); err != nil {
		return 0, fmt.Errorf("sandbox: a raw update must be a JSON object: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := update{id: s.nextID, kind: "raw", at: s.Now()}
	if given, ok := fields["update_id"]; ok {
		if err := json.Unmarshal(given, &u.id); err != nil {
			return 0, fmt.Errorf("sandbox: update_id must be a number: %w", err)
		}
	}
	fields["update_id"] = toJSON(u.id)
	s.nextID = max(s.nextID, u.id+1)
	u.body = toJSON(fields)
	s.push(u)
	return u.id, nil
}

// Redeliver hands an update out a second time, with its old id, in the answer
// to the next getUpdates, whatever that call's offset is: what a bot sees when
// its confirmation was lost. It reports whether the id is known; id 0 means
// the newest.
func (s *Sandbox) Redeliver(id int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == 0 {
		id = s.nextID - 1
	}
	u, ok := s.past[id]
	if ok {
		s.again = append(s.again, u)
		s.wakePoll()
	}
	return ok
}

// Pending is the number of updates that no getUpdates call has confirmed yet.
// When it is 0 the bot has taken in all that people did.
func (s *Sandbox) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue) + len(s.again)
}

// getUpdates confirms by offset and hands out what waits. A newer call ends an
// older one with 409: Telegram lets the newcomer win, and so a bot that was
// killed and started again is never locked out by its own dead connection.
func (s *Sandbox) getUpdates(c *call) (any, *failure) {
	offset, f := c.integer("offset", 0)
	if f != nil {
		return nil, f
	}
	limit, f := c.integer("limit", batchMax)
	if f != nil {
		return nil, f
	}
	seconds, f := c.integer("timeout", 0)
	if f != nil {
		return nil, f
	}
	limit = min(max(limit, 1), batchMax)
	seconds = min(max(seconds, 0), pollMax)
	var kinds []string
	if given := c.value("allowed_updates"); given != "" {
		if err := json.Unmarshal([]byte(given), &kinds); err != nil {
			return nil, badRequest("can't parse allowed updates JSON object")
		}
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.poll != nil {
		close(s.poll)
	}
	mine := make(chan struct{})
	s.poll = mine
	defer func() {
		if s.poll == mine {
			s.poll = nil
		}
	}()
	if c.has("allowed_updates") {
		s.allowed = nil
		if len(kinds) > 0 {
			s.allowed = map[string]bool{}
			for _, k := range kinds {
				s.allowed[k] = true
			}
		}
	}
	switch {
	case offset < 0:
		s.queue = s.queue[max(0, len(s.queue)+int(offset)):]
	case offset > 0:
		kept := s.queue[:0:0]
		for _, u := range s.queue {
			if u.id >= offset {
				kept = append(kept, u)
			}
		}
		s.queue = kept
	}

	timer := time.NewTimer(time.Duration(seconds) * time.Second)
	defer timer.Stop()
	for {
		if batch := s.batch(int(limit)); len(batch) > 0 || seconds == 0 {
			return batch, nil
		}
		arrived := s.arrived
		s.mu.Unlock()
		var end bool
		select {
		case <-arrived:
		case <-mine:
		case <-timer.C:
			end = true
		case <-c.ctx.Done():
			end = true
		case <-s.closed:
			end = true
		}
		s.mu.Lock()
		select {
		case <-mine:
			return nil, &failure{code: 409, description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}
		default:
		}
		if end {
			return []json.RawMessage{}, nil
		}
	}
}

func (s *Sandbox) batch(limit int) []json.RawMessage {
	if s.options.Expire {
		kept := s.queue[:0:0]
		for _, u := range s.queue {
			life := messageLife
			if u.kind == "callback_query" {
				life = tapLife
			}
			if s.Now().Sub(u.at) <= life {
				kept = append(kept, u)
			}
		}
		s.queue = kept
	}
	batch := []json.RawMessage{}
	for len(s.again) > 0 && len(batch) < limit {
		batch = append(batch, s.again[0].body)
		s.again = s.again[1:]
	}
	for _, u := range s.queue {
		if len(batch) == limit {
			break
		}
		batch = append(batch, u.body)
	}
	return batch
}
