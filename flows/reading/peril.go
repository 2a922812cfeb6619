package reading

// Peril is what a text says of somebody being in danger.
type Peril struct {
	// ID: told (they are threatened, by what they say), images (intimate
	// pictures are held over them), selfharm (they speak of ending their life),
	// paid (they have paid already), code (somebody has a code of theirs or sees
	// their screen), doxxing (their details are put out, or will be), address (the other side knows where they
	// live), minor (they are under 18), recovery (somebody offers to get lost
	// money back for a fee).
	ID    string
	Words string // of the text that led to it
}

// Perils reads a person's own words, or a message they were sent, for danger.
// What the merchant's message itself threatens is Messages' business.
func (r *Reader) Perils(text string) (all []Peril) {
	words := map[string]string{}
	ids := r.matters(r.page(text, Context{}), usePeril, usePerilNot, usePerilNear, func(id, said string) { words[id] = said })
	for _, id := range ids {
		all = append(all, Peril{id, words[id]})
	}
	return all
}

// Spoken tells of whom a text speaks: to somebody it calls "you", and of others,
// the people of the person's story. Words that say "you" and name nobody else are
// the other side's, handed on as they came; so is a letter to the shop spoken.
func (r *Reader) Spoken(text string) (you, others bool) {
	tokens := r.cut(text)
	if len(tokens) > looked {
		tokens = tokens[:looked]
	}
	s := search{r: r, tokens: tokens, found: func(h hit) {
		switch r.rules[h.rule].use {
		case useAddressed:
			you = true
		case useAddressedNot:
			others = true
		}
	}}
	s.all(&r.addressed)
	return you, others
}
