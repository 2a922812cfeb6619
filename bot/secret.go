package bot

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Secret is a text that must not be seen: the bot's token. However it is
// printed, logged or marshalled it reads "[secret]"; only Reveal tells it.
//
// It hides in a closure because fmt walks into unexported fields without
// asking their methods, and prints of a function no more than its address.
type Secret struct{ reveal func() string }

const hidden = "[secret]"

// NewSecret hides a text; white space around it, as files end with, is cut.
func NewSecret(text string) Secret {
	text = strings.TrimSpace(text)
	if text == "" {
		return Secret{}
	}
	return Secret{func() string { return text }}
}

// Reveal tells the text; "" when there is none.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// Format keeps every verb of fmt from telling.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue keeps slog from telling.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText keeps JSON, YAML and their like from telling.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalText takes a text in: this is how settings come.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
