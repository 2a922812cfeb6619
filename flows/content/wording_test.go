package content

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// What none of our texts may say, rule by rule. None of it stands in a rule as
// it stands here.
var rude = map[string]map[string][]string{
	"en": {
		"promise": {
			"Send this and you will get your money back.", "You'll definitely win in court.", "I will get your money back.", "Success is guaranteed, that works.",
			"We promise a full refund.", "With this letter you are sure to succeed.", "They will certainly pay.", "You are going to be refunded soon.",
		},
		"insult": {"This shop is run by crooks.", "You idiots have ignored me.", "What a shameless reply.", "They are thieves.", "Their greedy owner wrote this."},
		"blame": {
			"That was your own fault.", "You should have checked the reviews first.", "Why did you pay by transfer?", "You were careless with your card.",
			"You could have known.", "You forgot to keep the receipt.", "You shouldn't have trusted them.",
		},
		"tie": {
			"Please repay £40 or I will post this everywhere.", "Pay by Friday, otherwise I go to the press.", "Refund the money or else I report you to the police.",
			"I will publish our chat unless you refund me.", "Warn them that you will leave reviews.", "Tell them to pay or you will call the police.",
			"If the money is not here before Monday, I expose your shop.",
		},
		"loud": {"Your letter is ready!"},
	},
	"zh-Hans": {
		"promise": {"照这样写，一定能退款。", "这样保证能把钱要回来。", "去法院肯定会胜诉。", "百分之百成功。", "我们会帮你把钱追回来。", "我向你保证没问题。"},
		"insult":  {"这家店就是骗子。", "你遇到了骗子。", "真是无良商家。", "客服太蠢了。", "他们是一群骗子。"},
		"blame":   {"这事只能怪你自己。", "你当初就该看清楚评价。", "谁让你转账的。", "是你自己的错。", "你不该相信他们。", "下次别这么粗心。", "你怎么不早说。"},
		"tie": {
			"请退款，否则我就曝光。", "三天内赔钱，不然我报警。", "不退我就发到网上。", "再不赔，就给你们差评。", "请退货款300元，要不我找媒体。",
		},
		"loud": {"信写好了！"},
	},
}

// What stays sayable.
var civil = map[string][]string{
	"en": {
		"That is not your fault.", "Nobody can say whether you will win.", "If it was repaid, the case is closed.", "They promised delivery by 8 February.",
		"If neither has happened by then, I will use the routes open to me, including my card provider and, if needed, the county court.",
		"“Pay, or I post this” can look like a demand with menaces.", "Identity thieves use a copy of your card.", "Please don't pay, and don't argue. You can report it to the police.",
		"The shop has to repay everything within 14 days.", "A manufacturer's guarantee comes on top of your rights.", "You should have had an answer by now.",
	},
	"zh-Hans": {
		"这不是你的错。", "谁也不能保证能退款。", "结果不一定能如愿。", "如届时未处理，我将通过平台客服及12315平台反映情况。", "钱刚转给骗子的，马上打110。",
		"“不退就曝光”这种话可能被当成敲诈。", "举报是你的权利，和退款分开来做。", "收到垃圾短信别点链接。", "商家应当在七日内退款。",
	},
}

func worded(t *testing.T) *Content {
	t.Helper()
	c, problems := Load(Embedded())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return c
}

func TestWhatIsNeverSaid(t *testing.T) {
	c := worded(t)
	for language, rules := range rude {
		for rule, texts := range rules {
			for _, s := range texts {
				if got, _ := c.worded[language].breaks(s); got != rule {
					t.Errorf("%s: %q breaks %q, want %q", language, s, got, rule)
				}
			}
		}
	}
	for language, texts := range civil {
		for _, s := range texts {
			if rule, words := c.worded[language].breaks(s); rule != "" {
				t.Errorf("%s: %q is said to break %s: %s", language, s, rule, words)
			}
		}
	}
}

// Every place where words of ours stand, each with a rude text planted: the check
// names its file and its line.
func TestNoTextIsPassedOver(t *testing.T) {
	const fact = `(?m)^ +LANGUAGE: (>-\n +|"?)`
	places := []struct{ file, behind string }{
		{"locales/LANGUAGE.yaml", `home\.ask: "`},
		{"locales/LANGUAGE.yaml", `(?m)^    other: "`},
		{"letters/firm/LANGUAGE.txt", `\n\n`},
		{"letters/reply_date_short/LANGUAGE.txt", `-}}\n`},
		{"letters/parts/LANGUAGE.txt", `{{-? *define [^\n]*}}`},
		{"complaints/card/LANGUAGE.txt", `\n\n`},
		{"countries/CN.yaml", fact},
		{"countries/GB.yaml", fact},
		{"countries/US.yaml", fact},
		{"incidents/scam.yaml", fact},
		{"platforms.yaml", fact},
		{"payments.yaml", fact},
	}
	for language, rules := range rude {
		for rule, texts := range rules {
			t.Run(language+" "+rule, func(t *testing.T) {
				t.Parallel()
				files := copied(t)
				type place struct {
					file string
					line int
				}
				var want []place
				for _, p := range places {
					file := strings.ReplaceAll(p.file, "LANGUAGE", language)
					data := string(files[file].Data)
					at := regexp.MustCompile(strings.ReplaceAll(p.behind, "LANGUAGE", language)).FindStringIndex(data)
					if at == nil {
						t.Fatalf("%s no longer has %s: choose another place to plant in", file, p.behind)
					}
					want = append(want, place{file, 1 + strings.Count(data[:at[1]], "\n")})
					files[file] = &fstest.MapFile{Data: []byte(data[:at[1]] + texts[0] + " " + data[at[1]:])}
				}
				_, problems := Load(files)
				for _, w := range want {
					if !slices.ContainsFunc(problems, func(p Problem) bool {
						return p.File == w.file && max(p.Line-w.line, w.line-p.Line) <= 1 && strings.Contains(p.What, why[rule][0])
					}) {
						t.Errorf("%q at %s:%d is passed over; problems: %v", texts[0], w.file, w.line, problems)
					}
				}
			})
		}
	}
}

// What begins a message nobody waits for tells nothing on a lock screen.
func TestALockScreenTellsNothing(t *testing.T) {
	c := worded(t)
	for language, lines := range map[string][]string{
		"en": {
			"A note about your order", "Your shop", "Time to go to court", "Your rights run out", "About the threat", "Did the £40 arrive?",
			"Money back?", "Your complaint", "Are you safe?", "19.99 is still open",
		},
		"zh-Hans": {"商家回复了吗？", "退款到了吗", "关于你的投诉", "权利快到期了", "威胁的事怎么样了", "300元收到没有", "快递到了吗", "法院的日子"},
	} {
		for _, s := range lines {
			if c.Telling(language, s) == "" {
				t.Errorf("%s: %q would stand on a lock screen", language, s)
			}
		}
	}
	for language, text := range map[string]string{"en": "Your order: a note for today.", "zh-Hans": "订单的事，今天看一眼。"} {
		files := copied(t)
		file := "locales/" + language + ".yaml"
		for _, key := range Unasked {
			data := string(files[file].Data)
			at := regexp.MustCompile(`(?m)^  ` + regexp.QuoteMeta(key) + `: "`).FindStringIndex(data)
			if at == nil {
				t.Fatalf("%s has no %s", file, key)
			}
			files[file] = &fstest.MapFile{Data: []byte(data[:at[1]] + text + data[at[1]:])}
		}
		_, problems := Load(files)
		for _, key := range Unasked {
			if !slices.ContainsFunc(problems, func(p Problem) bool { return p.File == file && p.Line > 0 && strings.HasPrefix(p.What, key+" tells") }) {
				t.Errorf("%s: %s tells, and nobody says so: %v", file, key, problems)
			}
		}
	}
}

// A language is not let in without its rules, nor with one that can't work.
func TestALanguageHasItsRules(t *testing.T) {
	for name, spoil := range map[string]func(s string) string{
		"gone":            nil,
		"a rule left out": func(s string) string { return strings.Replace(s, "  blame:", "  blames:", 1) },
		"no expression":   func(s string) string { return strings.Replace(s, "- '", "- '(", 1) },
		"fits all":        func(s string) string { return strings.Replace(s, "- '", "- '|", 1) },
		"nothing closed":  func(s string) string { return s[:strings.Index(s, "\nclosed:")] + "\n" },
		"another name":    func(s string) string { return strings.Replace(s, "tag: zh-Hans", "tag: zh", 1) },
	} {
		files := copied(t)
		const file = "wording/zh-Hans.yaml"
		if spoil == nil {
			delete(files, file)
		} else {
			files[file] = &fstest.MapFile{Data: []byte(spoil(string(files[file].Data)))}
		}
		_, problems := Load(files)
		if !slices.ContainsFunc(problems, func(p Problem) bool { return p.File == file }) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
