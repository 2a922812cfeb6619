package reading

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

func TestYesNo(t *testing.T) {
	r := reader(t)
	for want, texts := range map[string][]string{
		"yes": {
			"yes", "Yes.", "YES!!", "y", "yep", "yeah", "yup that's right", "correct", "that is right", "sure", "ok", "Yes, all good", "looks good", "no problem",
			"是", "是的", "是的，没错", "对", "对的", "对啊", "没错", "嗯嗯", "可以", "好的", "对，就是这样", "行", "确认", "没问题", "有",
		},
		"no": {
			"no", "No.", "nope", "nah", "not really", "not yet", "that's wrong", "no, the shop is called X", "no way", "incorrect", "i don't think so", "never",
			"不", "不是", "不是的", "不对", "没有", "没", "错了", "不要", "还没有", "不是，是另一家", "不用",
		},
		"neither": {
			"", "?", "no one answered me", "no idea", "don't know", "yes and no", "not sure", "LampLand", "40 pounds", "yesterday", "you tell me",
			"对方骂我", "不知道", "不清楚", "没收到货", "是不是", "好像是小米", "有人骂我", "可恶",
		},
	} {
		for _, text := range texts {
			yes, known := r.YesNo(text)
			got := "neither"
			if known {
				got = map[bool]string{true: "yes", false: "no"}[yes]
			}
			if got != want {
				t.Errorf("%q: got %s, want %s", text, got, want)
			}
		}
	}
}

func TestNever(t *testing.T) {
	r := reader(t)
	for text, want := range map[string]bool{
		"never": true, "Never!": true, "it never came": true, "never arrived": true, "not arrived yet": true, "it hasn't come": true, "still waiting": true,
		"i never recieved it": true, "didn't get anything": true, "nothing arrived": true, "lost in the post": true,
		"没收到": true, "一直没到": true, "没到": true, "还没收到货": true, "从来没收到": true, "未收到": true, "没有收到": true, "沒收到": true, "不发货": true,
		"3 Feb": false, "yesterday": false, "it arrived on Monday": false, "my refund never arrived": false, "they never replied": false, "": false,
		"收到了": false, "昨天到的": false, "没收到退款": false, "没收到回复": false, "2月3号": false, "不知道": false, "never worked": false,
	} {
		if got := r.Never(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestSkip(t *testing.T) {
	r := reader(t)
	for text, want := range map[string]bool{
		"skip": true, "Skip please": true, "skip this": true, "don't know": true, "I dont know": true, "I don't know, sorry": true, "no idea": true, "idk": true, "not sure": true, "dunno": true, "n/a": true, "none": true, "next": true, "I can't remember": true, "i forgot": true, "later": true,
		"不知道": true, "跳过": true, "没有": true, "不记得了": true, "忘了": true, "我不知道": true, "不清楚": true, "无": true, "没有订单号": true, "略": true, "不知道啊": true,
		"": false, "no": false, "yes": false, "LampLand": false, "I don't know them but they are called Foo": false, "skip the shop is LampLand": false, "1 Feb": false, "none of it arrived": false,
		"没有收到货": false, "不知道为什么他骂我": false, "小米": false, "忘了带": false,
	} {
		if got := r.Skip(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	r := reader(t)
	countries := []Known{
		{"GB", []string{"United Kingdom", "UK", "England", "Scotland", "Britain", "Great Britain", "英国"}},
		{"CN", []string{"China", "Mainland China", "PRC", "中国", "中国大陆"}},
		{"US", []string{"United States", "USA", "US", "America", "United States of America", "美国"}},
		{"AU", []string{"Australia", "澳大利亚"}},
		{"AT", []string{"Austria", "奥地利"}},
	}
	for _, x := range []struct {
		text  string
		known []Known
		want  string
	}{
		{"Amazon", platforms, "amazon"},
		{"amazon.co.uk", platforms, "amazon"},
		{"AMAZON", platforms, "amazon"},
		{"amzon", platforms, "amazon"},
		{"Ａｍａｚｏｎ", platforms, "amazon"},
		{"amaozn", platforms, "amazon"},
		{"on ebay I think", platforms, "ebay"},
		{"E-bay", platforms, "ebay"},
		{"taobao", platforms, "taobao"},
		{"tao bao", platforms, "taobao"},
		{"TaoBao.", platforms, "taobao"},
		{"淘宝", platforms, "taobao"},
		{"在淘宝上", platforms, "taobao"},
		{"pin duo duo", platforms, "pinduoduo"},
		{"拼多多吧", platforms, "pinduoduo"},
		{"fb marketplace", platforms, "facebook"},
		{"Ebay and Amazon", platforms, "amazon ebay"},
		{"credit card", payments, "credit_card"},
		{"by debit card", payments, "debit_card"},
		{"card", payments, "credit_card"},
		{"paypall", payments, "paypal"},
		{"Pay Pal", payments, "paypal"},
		{"微信支付", payments, "wechat_pay"},
		{"支付宝", payments, "alipay"},
		{"用信用卡", payments, "credit_card"},
		{"United Kingdom", countries, "GB"},
		{"united kingdon", countries, "GB"},
		{"united nations", countries, ""},
		{"uk", countries, "GB"},
		{"英国", countries, "GB"},
		{"I live in China", countries, "CN"},
		{"中国", countries, "CN"},
		{"USA", countries, "US"},
		{"amercia", countries, "US"},
		{"Austria", countries, "AT"},
		{"Australia", countries, "AU"},
		{"Austrla", countries, "AT"},
		{"Autria", countries, "AT"},
		{"", platforms, ""},
		{"no", platforms, ""},
		{"the shop's own site", platforms, ""},
		{"esty", platforms, ""},
		{"cart", payments, ""},
	} {
		if got := strings.Join(r.Match(x.text, x.known), " "); got != x.want {
			t.Errorf("%q: got %q, want %q", x.text, got, x.want)
		}
	}
}

// What led to a reading is in the person's own words.
func TestBecause(t *testing.T) {
	r := reader(t)
	text := "Orderd a lamp from “LampLand” on ＦＥＢ 1, it NEVER ARIVED"
	s := r.Story(text, british)
	for field, want := range map[string]string{"shop": "LampLand", "ordered": "ＦＥＢ 1", "kind:not_delivered": "NEVER ARIVED", "never_arrived": "NEVER ARIVED"} {
		if s.Because[field] != want {
			t.Errorf("%s: because of %q, want %q", field, s.Because[field], want)
		}
	}
	for field, words := range s.Because {
		if !strings.Contains(text, words) {
			t.Errorf("%s: %q is not in the text", field, words)
		}
	}
}

func TestLongTextsCostNoMore(t *testing.T) {
	r := reader(t)
	for name, text := range hostile() {
		start := time.Now()
		r.Story(text, british)
		r.Dates(text, british)
		r.Amounts(text, chinese)
		r.Match(text, platforms)
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
	}
}

func hostile() map[string]string {
	const size = 100_000
	fill := func(s string) string { return strings.Repeat(s, size/len(s)+1)[:size] }
	all := map[string]string{
		"letters": fill("a"), "glyphs": fill("没"), "digits": fill("1"), "separators": fill("1,"), "dots": fill("."), "spaces": fill(" "),
		"orders": fill("order "), "negations": fill("not "), "gaps": fill("ordered the the the "), "amounts": fill("£1 "), "dates": fill("1/2/2026 "), "platforms": fill("amazon "),
		"addresses": fill("a.b.com."), "thousands": fill("千百十万"), "words for numbers": fill("one hundred thousand "), "shops": fill("旗舰店"), "quotes": fill("called “x "),
		"zalgo": "h" + fill("\u0300\u0336"), "emoji": fill("🙃👨‍👩‍👧"), "invalid": fill("\xff\xfe\x80"), "nul": fill("\x00"), "right to left": fill("لم يصل الطلب "), "newlines": fill("\n"), "reviews": fill("delete review or else "), "删": fill("删差评否则"),
	}
	return all
}

func FuzzStory(f *testing.F) {
	r := reader(f)
	for _, s := range []string{longEnglish, longChinese, "order #1-", "from \"", "在买", "£", "1,", "删差评…否则", "\xff\u0300", "1千5", "the", "order 订单号 £4 4月", "a.com", "叫"} {
		f.Add(s, true)
	}
	for _, s := range hostile() {
		f.Add(s[:300], false)
	}
	f.Fuzz(func(t *testing.T, text string, dayFirst bool) {
		c := chinese
		c.DayFirst = dayFirst
		s := r.Story(text, c)
		for field, words := range s.Because {
			if !strings.Contains(text, words) {
				t.Errorf("%s: %q is not in the text", field, words)
			}
		}
		if n := utf8.RuneCountInString(s.Order); n > 40 {
			t.Errorf("the order number is %d characters long", n)
		}
		if n := utf8.RuneCountInString(s.Product); n > 40 {
			t.Errorf("the product is %d characters long", n)
		}
		if n := utf8.RuneCountInString(s.Shop); n > 60 {
			t.Errorf("the shop is %d characters long", n)
		}
		if s.Ordered.After(c.Today.AddDays(1)) || s.Delivered.After(c.Today.AddDays(1)) {
			t.Errorf("ordered %s, delivered %s: in the future", s.Ordered, s.Delivered)
		}
		if again := r.Story(text, c); !reflect.DeepEqual(s, again) {
			t.Error("the same text was read in two ways")
		}
		r.YesNo(text)
		r.Skip(text)
		r.Match(text, platforms)
		if r.Never(text) != s.NeverArrived {
			t.Error("Never and Story disagree")
		}
	})
}

func FuzzDates(f *testing.F) {
	r := reader(f)
	for _, s := range []string{"1 Feb", "05/03/2026", "2026.2.31", "上上周一", "29 Feb", "3天后", "last Friday", "双十一", "1/2/3/4", "999999 years ago", "0 days ago"} {
		f.Add(s, true, 0)
	}
	f.Fuzz(func(t *testing.T, text string, dayFirst bool, after int) {
		c := Context{Today: today, DayFirst: dayFirst}
		if after != 0 {
			c.After = today.AddDays(after % 3650)
		}
		for _, d := range r.Dates(text, c) {
			if back, err := ParseDate(d.String()); err != nil || back != d {
				t.Errorf("%v is no day of the calendar", d)
			}
		}
	})
}

func FuzzAmounts(f *testing.F) {
	r := reader(f)
	for _, s := range []string{"£1,299.00", "1 299,00 €", "1.2万", "三千五", "两块五", "40p", "¥1千", "£1,2,3", "9块99", "１'299 CHF"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, a := range r.Amounts(text, chinese) {
			if !a.IsPositive() || a.CurrencyCode() == "" {
				t.Errorf("%s is no amount of money", a)
			}
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	r := reader(t)
	want := told(r.Story(longEnglish, british))
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 20 {
				if got := told(r.Story(longEnglish, british)); got != want {
					t.Errorf("read differently at the same time: %s", got)
				}
			}
		})
	}
	wait.Wait()
}

func TestEmptyReader(t *testing.T) {
	r, err := NewReader()
	if err != nil {
		t.Fatal(err)
	}
	if got := told(r.Story(longEnglish, Context{})); got != "" && !strings.HasPrefix(got, "shop=") {
		t.Errorf("without rules nothing is read: got %s", got)
	}
	if r.Never("never") || r.Skip("skip") {
		t.Error("without rules nothing is understood")
	}
}

// A mistake in a rules file names the file, the line and what to do.
func TestRuleMistakes(t *testing.T) {
	for name, x := range map[string]struct {
		text string
		line int
		says string
	}{
		"unknown key":      {"language: en\nkinds:\n  defective:\n    includes: [a]\n", 4, "includes"},
		"no language":      {"wants: {}\n", 0, "language"},
		"unknown kind":     {"language: en\nkinds:\n  broken:\n    include:\n      - broken\n", 5, "broken"},
		"open bracket":     {"language: en\nkinds:\n  scam:\n    include:\n      - \"(a|b\"\n", 5, "not closed"},
		"closed bracket":   {"language: en\nkinds:\n  scam:\n    include:\n      - \"a|b)\"\n", 5, "not opened"},
		"unknown slot":     {"language: en\ndates:\n  forms:\n    ago:\n      - \"{hour} ago\"\n", 5, "{hour}"},
		"gap at the end":   {"language: en\nkinds:\n  scam:\n    include:\n      - \"gone ...\"\n", 5, "between words"},
		"gap at the start": {"language: en\nkinds:\n  scam:\n    include:\n      - \"... gone\"\n", 5, "between words"},
		"nothing there":    {"language: en\nkinds:\n  scam:\n    include:\n      - \"[maybe]\"\n", 5, "at least one word"},
		"only a name":      {"language: en\nshop:\n  include:\n    - \"[a] {}\"\n", 4, "at least one word"},
		"lonely star":      {"language: en\nkinds:\n  scam:\n    include:\n      - \"[a]* b\"\n", 5, "beginning of a word"},
		"one side":         {"language: en\nkinds:\n  scam:\n    near:\n      - [\"a\"]\n", 5, "two to four"},
		"month 13":         {"language: en\ndates:\n  months:\n    13: [undecember]\n", 4, "1 to 12"},
		"day of the year":  {"language: en\ndates:\n  named:\n    \"02-31\": [never]\n", 4, "02-31"},
		"currency":         {"language: en\nmoney:\n  currencies:\n    - currency: [POUND]\n", 4, "POUND"},
		"two words":        {"language: en\nwords:\n  fillers: [of course]\n", 3, "single word"},
		"not YAML":         {"language: en\n  kinds: [\n", 0, ""},
		"list for text":    {"language: en\nkinds:\n  scam:\n    include:\n      - [a, b]\n", 5, "phrase is expected"},
	} {
		_, err := ParseRules("readings/xx.yaml", []byte(x.text))
		var e *RuleError
		if !errors.As(err, &e) {
			t.Errorf("%s: got error %v", name, err)
			continue
		}
		if e.File != "readings/xx.yaml" || x.line > 0 && e.Line != x.line || !strings.Contains(e.What, x.says) || e.Hint == "" {
			t.Errorf("%s: got %q (line %d), want line %d and %q", name, err, e.Line, x.line, x.says)
		}
		if !strings.HasPrefix(err.Error(), "readings/xx.yaml:") {
			t.Errorf("%s: the error does not begin with the file: %s", name, err)
		}
	}
}

// The signs of the phrases, over a tiny set of rules.
func TestPhrases(t *testing.T) {
	rules, err := ParseRules("xx.yaml", []byte(`
language: xx
words:
  fillers: [really]
  negation: [not]
  not_negation: [not only]
  turns: [but]
kinds:
  scam:
    include: ["(shop|site) [has] gone", "vanish*", "left ... money"]
    exclude: ["the site gone fishing"]
    near:
      - ["key", "lock"]
`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(rules)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"the shop gone": true, "site has gone": true, "SHOP GONE": true, "it vanished": true, "shop really gone": true, "left with all the money": true,
		"the key and a lock": true, "a lock, then a key": true, "not only vanished": true, "not here but vanished": true,
		"shop": false, "gone shop": false, "shop. Gone": false, "shop, gone": false, "van": false, "not vanished": false, "the site gone fishing": false,
		"left. money": false, "left a b c d e f g h money": false, "key": false, "key key": false, "shopgone": false, "shop really really really gone": false,
		"key " + strings.Repeat("x ", 40) + "lock": false,
	} {
		if got := len(r.Story(text, Context{}).Kinds) > 0; got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func ExampleReader_Story() {
	rules, err := ParseRules("readings/xx.yaml", []byte(`
language: xx
kinds:
  not_delivered:
    include: ["never (arrived|came)"]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, _ := NewReader(rules)
	s := r.Story("The lamp NEVER came!", Context{})
	fmt.Println(s.Kinds, s.Because["kind:not_delivered"])
	// Output: [not_delivered] NEVER came
}
