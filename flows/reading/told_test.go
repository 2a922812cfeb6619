package reading

import (
	"os"
	"strings"
	"testing"
)

// toldRate reads a file of people's own sentences, "+" before those that tell of
// danger, "-" before those that don't, and gives the share of the first that is
// found, of the second that is taken for danger, and which were read wrongly.
func toldRate(t *testing.T, file string, opens func(text string) bool) (recall, alarms float64, wrong []string) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var told, found, calm, false_ int
	for _, line := range strings.Split(strings.TrimSpace(string(body)), "\n") {
		text := strings.TrimPrefix(strings.TrimPrefix(line, "+ told "), "- ")
		read := opens(text)
		switch {
		case strings.HasPrefix(line, "+"):
			told++
			if read {
				found++
			}
		default:
			calm++
			if read {
				false_++
			}
		}
		if read != strings.HasPrefix(line, "+") {
			wrong = append(wrong, line)
		}
	}
	if told < 30 || calm < 30 {
		t.Fatalf("%s: only %d and %d sentences", file, told, calm)
	}
	return float64(found) / float64(told), float64(false_) / float64(calm), wrong
}

// opens tells whether what a person says of themselves opens the danger screens.
func opensTold(r *Reader) func(string) bool {
	return func(text string) bool {
		for _, p := range r.Perils(text) {
			if p.ID == "told" || p.ID == "doxxing" || p.ID == "images" {
				return true
			}
		}
		return false
	}
}

func TestTold(t *testing.T) {
	r := reader(t)
	for _, file := range []string{"testdata/told-learnt.txt", "testdata/told-held.txt"} {
		recall, alarms, wrong := toldRate(t, file, opensTold(r))
		t.Logf("%s: recall %.3f, false alarms %.3f", file, recall, alarms)
		if os.Getenv("SHOW") != "" && strings.Contains(file, os.Getenv("SHOW")) {
			t.Log("\n" + strings.Join(wrong, "\n"))
		}
	}
}
