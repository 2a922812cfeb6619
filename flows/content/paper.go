package content

import (
	"fmt"
	"strconv"
	"strings"
)

// Paper is what a letter, a complaint or an incident's statement is filled
// from. Every field is given: what is not known is empty, and the template
// leaves its sentence out. All strings are ready to stand in a sentence of the
// paper's language: dates are written out ("1 February 2026", "2026年2月1日"),
// money carries its sign, and words of the person or the merchant are plain
// text on one line.
type Paper struct {
	Language string // of this paper
	Country  string // code: whose law is cited
	Body     string // name of the body it goes to; empty in letters to the merchant

	You     string // "[your name]": the person fills it in; the bot never asks for it
	Contact string // "[your e-mail or phone]"
	Address string // "[your address]"

	Shop      string // as the person calls it
	ShopWhere string // country of the shop, when known
	Platform  string
	Order     string // order number
	Product   string
	Amount    string // price paid
	Payment   string // "by credit card"

	Ordered, Expected, Delivered, Discovered string // dates
	Never                                    bool   // it never arrived
	Today                                    string
	By                                       string // answer-by date

	Kinds     []string // ids of the incidents, strongest first
	Problem   string   // what exactly is wrong, in the person's words
	Statement []string // what happened, a sentence or two for each incident, from incidents/*.yaml
	Promised  string   // what the merchant promised, in the person's words
	Said      string   // what was said so far, in the person's words

	Wants      []string // ids out of Wants, the main one first
	Demand     string   // what is wanted, as it stands after "please" or 请: "refund £40.00 to the card I paid with"
	WantAmount string   // the sum asked for, when it is money

	Rights []string // sentences that name the law, strongest first, at most three
	Laws   string   // the same laws for a short form: "Consumer Rights Act 2015, s 28"

	Earlier  []Sent // messages to the merchant so far, oldest first
	Answer   string // none refused offer other; empty while nothing was sent
	Answered string // what the merchant answered, in the merchant's words or the person's
	Filed    []Sent // complaints filed elsewhere so far

	// What they offered or promised, where a letter answers it.
	Offer      string // the sum, where one was named
	Offered    string // the day they said it
	PromisedBy string // the day they said it for
	Came       string // the sum that has come so far
	Final      bool   // they want it to settle everything

	Exhibits []Exhibit

	Salutation, Closing, Routes string // the country's, filled in
}

// Sent is one message or complaint that went out.
type Sent struct {
	To, Date, How, Reference string
	Exhibit                  int // the exhibit that proves the sending; 0 = none
}

// Exhibit is a line of the index of exhibits.
type Exhibit struct {
	Number int
	What   string   // what it shows
	Date   string   // day it was received
	Proofs []string // ids of the checklist lines it stands for
}

// Is tells whether the case is of one of the kinds.
func (p Paper) Is(kinds ...string) bool { return Fits(kinds, p.Kinds) }

// Asks tells whether one of the wants is asked.
func (p Paper) Asks(wants ...string) bool { return Fits(wants, p.Wants) }

// See points to the exhibits that stand for the given checklist lines, as it
// is put after a statement: " (Exhibit 1)", "（见证据1）"; empty when there
// are none.
func (p Paper) See(proofs ...string) string {
	var n []string
	for _, e := range p.Exhibits {
		if Fits(proofs, e.Proofs) {
			n = append(n, strconv.Itoa(e.Number))
		}
	}
	return p.Mark(n...)
}

// Number points to one exhibit by its number; empty for 0.
func (p Paper) Number(n int) string {
	if n == 0 {
		return ""
	}
	return p.Mark(strconv.Itoa(n))
}

// Mark writes a reference to exhibits in the paper's language.
func (p Paper) Mark(numbers ...string) string {
	switch {
	case len(numbers) == 0:
		return ""
	case strings.HasPrefix(p.Language, "zh"):
		return fmt.Sprintf("（见证据%s）", strings.Join(numbers, "、"))
	case len(numbers) == 1:
		return fmt.Sprintf(" (Exhibit %s)", numbers[0])
	}
	return fmt.Sprintf(" (Exhibits %s and %s)", strings.Join(numbers[:len(numbers)-1], ", "), numbers[len(numbers)-1])
}
