package content

import "fmt"

// Problem is one mistake in the content, told so that somebody who does not
// program can mend it.
type Problem struct {
	File string // below flows/content
	Line int    // 1-based; 0 when the file as a whole is meant
	What string // what is wrong
	Hint string // what to do
}

// String is one line: file:line: what is wrong (hint).
func (p Problem) String() string {
	at := p.File
	if p.Line > 0 {
		at = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.Hint == "" {
		return fmt.Sprintf("%s: %s", at, p.What)
	}
	return fmt.Sprintf("%s: %s (%s)", at, p.What, p.Hint)
}
