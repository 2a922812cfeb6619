package content

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/width"
)

// Phrase is something merchants say: an excuse, a kind of offer, a condition.
// Which rule of a country answers it stands in the country's file.
type Phrase struct {
	ID    string              `yaml:"id"`
	Words map[string][]string `yaml:"words"` // language → phrases; … stands for up to 40 other characters
	found *regexp.Regexp
}

// compile makes one pattern of the phrases of all languages: merchants mix them.
func (p *Phrase) compile() error {
	var all []string
	for _, list := range p.Words {
		for _, s := range list {
			var parts []string
			for _, part := range strings.Split(width.Fold.String(s), "…") {
				if part = strings.TrimSpace(part); part == "" {
					return fmt.Errorf("the phrase %q begins or ends with …, or is empty", s)
				}
				part = regexp.QuoteMeta(part)
				if isWord(part[0]) {
					part = `\b` + part
				}
				if isWord(part[len(part)-1]) {
					part += `\b`
				}
				parts = append(parts, part)
			}
			all = append(all, strings.Join(parts, `[^.!?。！？]{0,40}?`))
		}
	}
	if len(all) == 0 {
		return fmt.Errorf("%q has no words", p.ID)
	}
	var err error
	p.found, err = regexp.Compile("(?i)" + strings.Join(all, "|"))
	return err
}

func isWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// In gives the words of a text that say it, "" when it is not said.
func (p *Phrase) In(text string) string {
	return p.found.FindString(strings.ReplaceAll(width.Fold.String(text), "’", "'"))
}

// Says gives the words of a text that say the phrase of that id.
func (c *Content) Says(id, text string) string {
	for _, p := range c.Phrases {
		if p.ID == id {
			return p.In(text)
		}
	}
	return ""
}
