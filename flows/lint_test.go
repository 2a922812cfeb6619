package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/flows/content"
)

// turnOf is a turn of a person with one case of the country.
func turnOf(t testing.TB, language, country string, amount Money) *turn {
	c, problems := content.Load(content.Embedded())
	for _, p := range problems {
		t.Fatal(p)
	}
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	p := &Person{ID: 1, Language: language, Country: country, Agreed: at, Focus: 1, Cases: []*Case{{
		Number: 1, Country: country, Kinds: []string{"not_delivered"}, KindsSure: true, Amount: amount, Wants: []string{"refund"},
	}}}
	return g.turn(p, Input{Person: 1, At: at})
}

func TestLint(t *testing.T) {
	en, zh := turnOf(t, "en", "GB", Money{"40.00", "GBP"}), turnOf(t, "zh-Hans", "CN", Money{"128.00", "CNY"})
	for _, c := range []struct {
		t          *turn
		text, want string
	}{
		{en, "Refund me £40 or I post this everywhere.", "exposure"},
		{en, "Pay me back £40 or I will report you to the tax office", "report"},
		{en, "You are thieves.", "accusation"},
		{en, "You idiots, send the lamp.", "insult"},
		{en, "I know where you live, I will find you.", "violence"},
		{en, "Please refund £500 for this lamp.", "measure"},
		{en, "Refund me within one hour.", "deadline"},
		{en, "WHERE IS MY LAMP, SEND IT NOW", "shouting"},
		{en, "His number is 07700 900123.", "third_party"},
		{zh, "不赔我5000块就曝光你们", "exposure measure"},
		{zh, "退钱，不然我就报警抓你们", "report"},
		{zh, "你们就是骗子", "accusation"},
		{zh, "你们这群骗子，退钱", "accusation"},
		{zh, "傻逼客服", "insult"},
		{zh, "你等着，我带人去堵你们", "violence"},
		{zh, "快发货！！！", "shouting"},

		// Said firmly, and nothing to find.
		{en, "Please refund £40.00 by 17 March 2026. Otherwise I will use my card provider and the county court.", ""},
		{en, "I will leave an honest review of what happened.", ""},
		{en, "I will complain to Trading Standards if you do not deliver.", ""},
		{en, "You stupidly long delay aside, order 48213 (£40.00) has not arrived; you confirmed 8 Feb.", ""},
		{en, "I posted the parcel back to you on 3 March by Royal Mail.", ""},
		{en, "The lamp was called Stupid Mistake of the year in your ad? Please make this right.", ""},
		{zh, "请于3月16日前退还货款128元，届时未处理，我将通过平台客服及12315平台反映情况。谢谢。", ""},
		{zh, "花瓶装在垃圾袋里寄来，已经碎了，请退款128元。", ""},
		{zh, "我会如实写评价。", ""},
	} {
		found, calmer := c.t.lint(c.text)
		var ids []string
		for _, f := range found {
			ids = append(ids, f.id)
			if f.words == "" {
				t.Errorf("%s: %s for no words", c.text, f.id)
			}
		}
		want := strings.Fields(c.want)
		slices.Sort(ids)
		slices.Sort(want)
		if !slices.Equal(ids, want) {
			t.Errorf("%s\n finds %v, want %v", c.text, ids, want)
		}
		if again, _ := c.t.lint(calmer); calmer != "" && slices.ContainsFunc(again, func(f finding) bool { return f.id != "measure" }) {
			t.Errorf("%s\n the calmer %q still has %v", c.text, calmer, again)
		}
	}
}

// Nothing of a text is lost between its sentences.
func FuzzSentences(f *testing.F) {
	f.Add("One. Two! Three?四。£40.00 五！！\nsix")
	f.Fuzz(func(t *testing.T, text string) {
		if got := strings.Join(sentences(text), ""); got != text {
			t.Errorf("%q became %q", text, got)
		}
		quiet(text)
		shouts(text)
	})
}

// No text makes it fail or takes long, and the calmer version of one is calm.
func FuzzLint(f *testing.F) {
	en, zh := turnOf(f, "en", "GB", Money{"40.00", "GBP"}), turnOf(f, "zh-Hans", "CN", Money{"128.00", "CNY"})
	f.Add("Refund £40 or I post this. You idiots!!! By yesterday, 退钱，否则曝光！")
	f.Add(strings.Repeat("a.", 2048))
	f.Add(strings.Repeat("不退就曝光，by 1 March 2026 ", 100))
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 {
			return
		}
		begun := time.Now()
		for _, x := range []*turn{en, zh} {
			x.lint(text)
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("%d bytes took %s", len(text), took)
		}
	})
}
