package reading

// Own tells what in a person's own message may turn against them: insult,
// violence, exposure (they will publish something), report (they will report
// somebody to the police, the tax office …; a court, a bank or a consumer body is
// none), accusation (a crime said as a fact), deadline (too short to be kept). The words that led to it stand
// beside it.
func (r *Reader) Own(text string) map[string]string {
	words := map[string]string{}
	for _, id := range r.matters(r.page(text, Context{}), useOwn, useOwnNot, useOwnNear, func(id, said string) { words[id] = said }) {
		if _, ok := words[id]; !ok {
			words[id] = ""
		}
	}
	return words
}
