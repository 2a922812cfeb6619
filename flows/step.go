package flows

// A step is one question. Its exits are data: the name of what was decided and
// the step that follows, so that the whole dialogue can be drawn, walked and
// held against the scenarios.
type step struct {
	name  string
	exits map[string]string // exit → step; end = the thread is over
	// personal: the question belongs to the person, not to a case.
	personal bool
	// rest: nothing is asked here; the conversation waits.
	rest bool
	// pass gives the exit to take without asking, "" when the question must be put.
	pass func(t *turn) string
	// ask puts the question. Nil: the step only decides (pass always answers).
	ask func(t *turn)
	// hear hears the answer and gives the exit; "" = the step stays, and has
	// said why.
	hear func(t *turn, h heard) string
	// correct takes a changed answer long after the step was left; false = not
	// understood. Nil: an edit changes nothing here.
	correct func(t *turn, text string) bool
	// file takes a file that answers the question, already an exhibit; "" = it
	// is evidence like any other.
	file func(t *turn, e *Exhibit) string
}

// end is where a thread is over.
const end = "end"

// heard is an answer: the value of a button, or words.
type heard struct {
	value   string
	text    string
	message int
}

// next is the chain most questions are links of.
func next(to string) map[string]string { return map[string]string{"next": to} }
