package reading

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// measureTold reads a file of people's own sentences and gives the share of those that
// tell of danger which opens finds, the share of the others it takes for danger,
// and which were read wrongly.
func measureTold(t *testing.T, file string, opens func(text string) bool) (recall, alarms float64, wrong []string) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var grave, found, calm, alarmed float64
	for line := range strings.Lines(string(body)) {
		sign, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if sign == "#" {
			continue
		}
		read := opens(text)
		switch {
		case sign == "+" && read:
			grave, found = grave+1, found+1
		case sign == "+":
			grave++
			wrong = append(wrong, line)
		case read:
			calm, alarmed = calm+1, alarmed+1
			wrong = append(wrong, line)
		default:
			calm++
		}
	}
	if grave < 30 || calm < 30 {
		t.Fatalf("%s: only %.0f and %.0f sentences", file, grave, calm)
	}
	return found / grave, alarmed / calm, wrong
}

// What people tell of danger is heard, and ordinary trouble is not taken for it.
func TestTold(t *testing.T) {
	r := reader(t)
	opens := func(text string) bool {
		return slices.ContainsFunc(r.Perils(text), func(p Peril) bool { return p.ID == "told" || p.ID == "doxxing" || p.ID == "images" })
	}
	for _, x := range []struct {
		file           string
		recall, alarms float64
	}{
		{"testdata/told-learnt.txt", 0.95, 0.05},
		{"testdata/told-held.txt", 0.90, 0.05}, // the aim is 0.95
	} {
		recall, alarms, wrong := measureTold(t, x.file, opens)
		t.Logf("%s: recall %.3f, false alarms %.3f", x.file, recall, alarms)
		if recall < x.recall || alarms > x.alarms {
			t.Errorf("%s: recall %.3f, want %.2f; false alarms %.3f, at most %.2f\n%s", x.file, recall, x.recall, alarms, x.alarms, strings.Join(wrong, ""))
		}
		// One that hears the word alone, and one that is afraid of everything, are found out.
		if recall, _, _ := measureTold(t, x.file, func(text string) bool { return strings.Contains(text, "threat") || strings.Contains(text, "威胁") }); recall >= x.recall {
			t.Errorf("%s is too easy: one word finds %.3f", x.file, recall)
		}
		if _, alarms, _ := measureTold(t, x.file, func(string) bool { return true }); alarms <= x.alarms {
			t.Errorf("%s: false alarms are not counted", x.file)
		}
	}
}

// Whose words they are: bare words of the other side's say "you" and name nobody
// of the story; what is asked of the bot is none of theirs.
func TestSpoken(t *testing.T) {
	r := reader(t)
	for text, want := range map[string][2]bool{
		"We know where you live.":                             {true, false},
		"Delete your review or your boss hears of it":         {true, false},
		"你等着，知道你住哪":                                           {true, false},
		"They said they know where I live":                    {false, true},
		"can you help me, the seller said he would come":      {true, true},
		"What can you do about it?":                           {true, true},
		"他说知道我住哪":                                             {false, true},
		"请问你能帮我吗":                                             {true, true},
		"The lamp never came":                                 {false, false},
		"Your driver broke the vase. Please repay £40 to me.": {true, false},
	} {
		if you, others := r.Spoken(text); you != want[0] || others != want[1] {
			t.Errorf("%s: you %t, others %t", text, you, others)
		}
	}
}
