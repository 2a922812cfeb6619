package flows

import "time"

// Proceeding is one approach to one body: the merchant first, then the rungs
// of the ladder. Several may run at once; what state the case is in follows
// from them.
type Proceeding struct {
	Number    int       `json:"number"` // within its case, from 1
	Body      string    `json:"body"`   // "merchant" or the id of a rung
	State     string    `json:"state"`  // drafted sent overdue answered settled refused withdrawn lapsed
	Letters   []Letter  `json:"letters,omitempty"`
	Reference string    `json:"reference,omitempty"`
	AnswerBy  Date      `json:"answer_by,omitzero"`
	Filed     time.Time `json:"filed,omitzero"`
	Answer    string    `json:"answer,omitempty"`   // refused offer info stalling other
	Answered  string    `json:"answered,omitempty"` // their words
	Read      *Read     `json:"read,omitempty"`     // what their last message was read as
}

// Read is what a message of the merchant was read as, and what the person made
// of that.
type Read struct {
	Exhibit int      `json:"exhibit,omitempty"` // number of the exhibit it is
	Day     Date     `json:"day"`               // on which it was handed on
	Words   string   `json:"words"`             // theirs, on one line
	Labels  []string `json:"labels"`            // out of reading.Labels, the most telling first; never empty
	Because []Hint   `json:"because,omitempty"` // the places that led to them
	Meant   string   `json:"meant,omitempty"`   // the label the person says is right, when it is another
	Offer   Money    `json:"offer"`             // what they offer, as a sum
	Sort    string   `json:"sort,omitempty"`    // of the offer: voucher replacement repair; empty = money, or unknown
	Ties    []string `json:"ties,omitempty"`    // conditions it comes with: review silence settlement
	By      Date     `json:"by,omitzero"`       // the day they name
}

// Hint is a place of a message that led to a label.
type Hint struct {
	Label string `json:"label"`
	Words string `json:"words"`
}

// as is the label that counts: the person's, where they corrected it.
func (r *Read) as() string {
	if r.Meant != "" {
		return r.Meant
	}
	return r.Labels[0]
}

// Promise is something the merchant said they would do, and the person counts on.
type Promise struct {
	Made   Date   `json:"made"`
	By     Date   `json:"by,omitzero"` // the day they named; zero = none
	Sum    Money  `json:"sum"`
	Words  string `json:"words,omitempty"` // theirs
	Broken bool   `json:"broken,omitempty"`
}

// Part is a sum that came back.
type Part struct {
	Sum Money `json:"sum"`
	Day Date  `json:"day"` // on which the person said so
}

// Letter is one message of a proceeding.
type Letter struct {
	Name     string    `json:"name"`            // template: friendly firm final, or a complaint's
	Language string    `json:"language"`        // of the version to send
	Short    bool      `json:"short,omitempty"` // for a chat window
	Own      string    `json:"own,omitempty"`   // the person's own wording, when they wrote it themselves
	Text     string    `json:"text,omitempty"`  // its words as they went out: what is learned later changes nothing in them
	By       Date      `json:"by,omitzero"`     // answer-by date it names
	Drafted  time.Time `json:"drafted"`
	Sent     time.Time `json:"sent,omitzero"`
	How      string    `json:"how,omitempty"`   // chat email post form
	Proof    int       `json:"proof,omitempty"` // exhibit that shows the sending
}

// Proceeding gives a proceeding by its number, nil when there is none.
func (c *Case) Proceeding(number int) *Proceeding {
	if c == nil {
		return nil
	}
	for _, p := range c.Proceedings {
		if p.Number == number {
			return p
		}
	}
	return nil
}

// merchant is the approach to the merchant, nil while nothing was drafted.
func (c *Case) merchant() *Proceeding { return c.with("merchant") }

// with is the latest approach to a body.
func (c *Case) with(body string) *Proceeding {
	for i := len(c.Proceedings) - 1; i >= 0; i-- {
		if c.Proceedings[i].Body == body {
			return c.Proceedings[i]
		}
	}
	return nil
}

// approach gives the approach to a body, a new one where there is none.
func (c *Case) approach(body string) *Proceeding {
	if p := c.with(body); p != nil {
		return p
	}
	p := &Proceeding{Number: len(c.Proceedings) + 1, Body: body, State: "drafted"}
	c.Proceedings = append(c.Proceedings, p)
	return p
}

// draft is the letter that is being written, nil when there is none.
func (p *Proceeding) draft() *Letter {
	if p == nil || len(p.Letters) == 0 {
		return nil
	}
	if l := &p.Letters[len(p.Letters)-1]; l.Sent.IsZero() {
		return l
	}
	return nil
}

// sent are the letters that went out, oldest first.
func (p *Proceeding) sent() (list []Letter) {
	if p == nil {
		return nil
	}
	for _, l := range p.Letters {
		if !l.Sent.IsZero() {
			list = append(list, l)
		}
	}
	return list
}

// State is where the case stands. It follows from its proceedings and is set
// nowhere: telling · drafted · waiting · overdue · answered · refused ·
// settled · danger · the outcome of a closed case.
func (c *Case) State() string {
	if c.Outcome != "" {
		return c.Outcome
	}
	if c.Unsafe {
		return "danger"
	}
	state := "telling"
	// The furthest thing wins: somebody waits for a body even though the
	// merchant refused.
	rank := map[string]int{"telling": 0, "drafted": 1, "withdrawn": 1, "lapsed": 1, "refused": 2, "overdue": 3, "answered": 4, "waiting": 5, "settled": 6}
	for _, p := range c.Proceedings {
		s := p.State
		if s == "sent" {
			s = "waiting"
		}
		if rank[s] >= rank[state] {
			state = s
		}
	}
	return state
}
