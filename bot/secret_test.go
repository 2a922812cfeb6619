package bot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// ways are all the ways a value gets printed by accident.
func ways(v any) map[string]string {
	out := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%T", "%10.3v"} {
		out[verb] = fmt.Sprintf(verb, v)
	}
	out["Sprint"] = fmt.Sprint(v)
	if j, err := json.Marshal(v); err == nil {
		out["json"] = string(j)
	}
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"slog json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("here", "value", v, slog.Group("in", "a", v))
		out[name] = b.String()
	}
	return out
}

func leaks(v any) (how []string) {
	for way, text := range ways(v) {
		hex := fmt.Sprintf("%x", canary)
		if strings.Contains(text, canary) || strings.Contains(strings.ToLower(text), hex) {
			how = append(how, way)
		}
	}
	return how
}

func TestSecretIsNeverPrinted(t *testing.T) {
	type outer struct {
		Open   Secret
		hidden Secret
		deep   *Secret
		any    any
	}
	s := NewSecret(canary + "\n")
	if s.Reveal() != canary {
		t.Fatalf("Reveal: %q", s.Reveal())
	}
	o := outer{s, s, &s, s}
	b := newBot(t, "http://127.0.0.1:1", newShelf(), quiet, &bytes.Buffer{})
	for name, v := range map[string]any{
		"secret": s, "pointer": &s, "struct": o, "struct pointer": &o, "slice": []Secret{s},
		"map": map[string]Secret{"a": s}, "settings": b.set, "bot": b, "error": fmt.Errorf("with %v", s),
	} {
		if how := leaks(v); len(how) > 0 {
			t.Errorf("%s tells the token by %v", name, how)
		}
	}
	if got := fmt.Sprintf("%v %s %+v", s, &s, []Secret{s}); got != "[secret] [secret] [[secret]]" {
		t.Errorf("printed: %s", got)
	}
}

// The same search finds what a careless type tells, so it can fail.
func TestSecretControl(t *testing.T) {
	type careless struct{ token string }
	if len(leaks(careless{canary})) == 0 || len(leaks(canary)) == 0 {
		t.Error("the search for the token finds nothing at all")
	}
}

func TestSecretIsTakenFromText(t *testing.T) {
	var s struct{ Token Secret }
	if err := json.Unmarshal([]byte(`{"Token":" `+canary+`\n"}`), &s); err != nil || s.Token.Reveal() != canary {
		t.Errorf("%v %q", err, s.Token.Reveal())
	}
	if (Secret{}).Reveal() != "" || NewSecret(" \n").Reveal() != "" {
		t.Error("an empty secret says something")
	}
}
