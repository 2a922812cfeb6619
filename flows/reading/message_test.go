package reading

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// friday is the day on which the messages of these tests are read.
var friday = Date{2026, 5, 1}

func read(t testing.TB, m *Messages, language, text string) Message {
	t.Helper()
	r := m.Read(language, text, friday)
	if len(r.Labels) == 0 || len(r.Labels) > 1 && slices.Contains(r.Labels, Neutral) {
		t.Errorf("%q: labels %q", text, r.Labels)
	}
	return r
}

func TestWhatAMessageIs(t *testing.T) {
	m := messages(t, shipped(t))
	for _, c := range []struct {
		language, text string
		has            string // labels that must be among them
		severity       int
	}{
		{"en", "We know where you live. Be careful when you leave the house.", "threat", 3},
		{"en", "Pay us 200 dollars or we publish your photos and tell your boss.", "blackmail", 3},
		{"en", "This is an automated reply. We received your message, ticket number 55120. Please do not reply to this email.", "auto_reply", 0},
		{"en", "We have refunded the full amount to your card today.", "full_refund", 0},
		{"en", "Please delete your negative review and we refund you 10 dollars.", "review_pressure", 2},
		{"en", "Please send us the code you received by SMS so that we can release the refund.", "phishing", 2},
		{"en", "Sorry, opened items cannot be returned. That is our policy.", "refusal", 1},
		{"en", "Your case is closed. We will not reply to further messages.", "closed", 1},
		{"zh-Hans", "你等着，我知道你住哪，出门小心点", "threat", 3},
		{"zh-Hans", "不删差评我就把你的电话地址发到群里", "blackmail doxxing review_pressure", 3},
		{"zh-Hant", "不刪差評我就把你的電話地址發到群裡", "blackmail doxxing review_pressure", 3},
		{"zh-Hans", "已经全额退款，原路退回，请注意查收", "full_refund", 0},
		{"zh-Hans", "亲，拆封了就不能退了哦，店铺规定", "refusal", 1},
		{"zh-Hans", "加一下薇信 abc123，私下给您退", "off_platform", 1},
		{"de", "Das ist eine automatische Antwort. Ihre Nachricht ist bei uns eingegangen, Ticketnummer 4711.", "auto_reply", 0},
		{"es", "Sabemos dónde vives, te vas a arrepentir.", "threat", 3},
		{"fr", "Modifiez votre avis en 5 étoiles et recevez un bon de 20 euros.", "review_pressure", 2},
		{"pt", "Me passa o código que chegou por SMS para liberar o reembolso.", "phishing", 2},
		{"ru", "Удалите отзыв, и мы вернём вам 500 рублей.", "review_pressure", 2},
		{"ja", "申し訳ございませんが、開封後の返品はお受けできません。", "refusal", 1},
		{"", "Hello, your parcel was shipped today and arrives tomorrow.", "neutral", 0},
		{"en", "", "neutral", 0},
	} {
		r := read(t, m, c.language, c.text)
		for _, l := range strings.Fields(c.has) {
			if !slices.Contains(r.Labels, l) {
				t.Errorf("%q: %q, want %s", c.text, r.Labels, l)
			}
		}
		if r.Severity != c.severity {
			t.Errorf("%q: severity %d (%q), want %d", c.text, r.Severity, r.Labels, c.severity)
		}
	}
}

// Words that look like danger and are none, and what is one letter away.
func TestOrdinaryTalkStaysOrdinary(t *testing.T) {
	m := messages(t, shipped(t))
	for _, text := range []string{
		"This is a killer deal, only today!",
		"The courier will come to your house on Monday between 9 and 12.",
		"Please confirm your delivery address so we can ship the lamp.",
		"Our fire pit burns wood and charcoal.",
		"The deadline for returns is 14 May.",
		"Will be delivered to your address tomorrow",
		"We'll call you tomorrow",
		"We love our customers to death",
		"绳子打死结了怎么办",
		"Thank you very much!",
		"Many thanks and kind regards",
		"好的亲，给您安排",
		"We never ask for your password or your card number.",
		"电脑死机的话，长按电源键十秒就可以了",
		"快递小哥明天上门取件，请保持电话畅通",
		"您的收货地址是幸福路3号对吧？确认一下就给您发货",
		"师傅明天上门安装空调，会提前给您打电话",
		"El repartidor pasará por su casa mañana por la mañana.",
		"Der Monteur kommt am Dienstag zu Ihnen nach Hause.",
		"Le livreur passera chez vous demain matin.",
		"Курьер приедет к вам завтра с 10 до 14.",
	} {
		if r := read(t, m, "", text); r.Severity == 3 {
			t.Errorf("%q: %q because %q", text, r.Labels, r.Because)
		}
	}
}

// The language of a message is heard, whatever the hint.
func TestListen(t *testing.T) {
	m := messages(t, nil)
	for text, want := range map[string]string{
		"We can not refund your order":           "en",
		"亲，这个拆封了不退的哦":                            "zh",
		"申し訳ございませんが返金できません":                      "ja",
		"Wir können Ihnen das Geld nicht zurück": "de",
		"Мы не вернём вам деньги за заказ":       "ru",
		"No podemos devolver el dinero":          "es",
		"9":                                      "fr", // nothing tells: the hint
	} {
		if _, got := m.listen("fr", m.own.cut(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestWordsOfTheCustomerDoNotCount(t *testing.T) {
	m := messages(t, shipped(t))
	const threat = "We know where you live and we will kill you"
	if r := read(t, m, "en", threat); r.Severity != 3 {
		t.Fatalf("%q is no danger: %q", threat, r.Labels)
	}
	for _, text := range []string{
		"You wrote: “" + threat + "”. Please stay polite.",
		"You wrote: '" + threat + "'. Please stay polite.",
		"You said \"" + threat + "\". Please stay polite.",
		"> " + threat + "\nThank you for your message, your parcel was shipped.",
		"Thank you, your parcel was shipped.\n\nOn 3 May 2026 at 10:12, Anna wrote:\n" + threat + "\n",
		"您说“你等着，我知道你住哪，弄死你”，请您文明沟通。",
		"您说「你等着，我知道你住哪，弄死你」，请您文明沟通。",
		"Sie schrieben: „Ich weiß, wo du wohnst, ich bringe dich um“. Bitte bleiben Sie sachlich.",
		"Vous avez écrit : « je sais où tu habites, je vais te tuer ». Restons courtois.",
	} {
		if r := read(t, m, "", text); slices.Contains(r.Labels, "threat") {
			t.Errorf("%q: %q because %q", text, r.Labels, r.Because)
		}
	}
	// What the merchant puts in marks is still the merchant's.
	if r := read(t, m, "en", "Remember: “"+threat+"”."); r.Severity != 3 {
		t.Errorf("the merchant's own words in marks: %q", r.Labels)
	}
	// … and so is what stands beside a quotation.
	if r := read(t, m, "en", "You wrote: “where is my lamp”. "+threat+"."); r.Severity != 3 {
		t.Errorf("beside a quotation: %q", r.Labels)
	}
}

func TestHiddenWordsAreSeen(t *testing.T) {
	m := messages(t, nil)
	for text, word := range map[string]string{
		"you 1d10t": "idiot", "f**k off": "fuck", "s t u p i d": "stupid", "stuuuupid": "stupid", "ＳＴＵＰＩＤ": "stupid", "stu\u200bpid": "stupid",
		"加我➕v": "微", "加V信": "微", "傻*逼": "逼", "煞笔": "逼", "滚 出 去": "滚", "s.b": "逼", "刪除差評": "删",
	} {
		p := m.page("", text)
		if !slices.ContainsFunc(p.tokens, func(t token) bool { return t.s == word }) {
			t.Errorf("%q: %q, want %q", text, words(p.tokens), word)
		}
	}
	for _, text := range []string{"model a55h01-2 pro", "MP3 player", "B2B", "14.5.2026 10:30", "$40", "5XL"} { // codes stay codes
		if p := m.page("en", text); len(p.places["insult"]) > 0 {
			t.Errorf("%q: %q", text, words(p.tokens))
		}
	}
}

func TestOffers(t *testing.T) {
	m := messages(t, shipped(t))
	for text, want := range map[string]string{
		"We can offer you a 20% refund if you keep it.":                   "20%",
		"We can send you a $5 voucher as an apology.":                     "5.00 USD",
		"亲，补偿您20元红包，您看可以吗":                                                "20.00 CNY",
		"给您半价退款，东西留着用，可以吗":                                                "50%",
		"这边给您打八折，补差价，可以吗":                                                 "20%",
		"Wir bieten Ihnen 15 % Rabatt oder einen Gutschein über 10 € an.": "15% 10.00 EUR",
		"Le ofrecemos un reembolso parcial del 30 por ciento.":            "30%",
		"Your parcel was shipped today.":                                  "",
	} {
		var got []string
		for _, o := range m.Read("", text, friday).Offers {
			if o.Amount != nil {
				got = append(got, o.Amount.String())
			} else {
				got = append(got, fmt.Sprintf("%d%%", o.Percent))
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: offers %q, want %q (%q)", text, s, want, m.Read("", text, friday).Labels)
		}
	}
}

func TestPromisedDays(t *testing.T) {
	m := messages(t, shipped(t))
	for text, want := range map[string]string{
		"You get it within 3 working days.":             "2026-05-06", // over a weekend
		"You get it within 3 days.":                     "2026-05-04",
		"We refund you by Monday.":                      "2026-05-04",
		"It ships tomorrow.":                            "2026-05-02",
		"Please wait two weeks, within two weeks.":      "2026-05-15",
		"明天给您发货":                                        "2026-05-02",
		"3个工作日内到账":                                      "2026-05-06",
		"5月3日前给您处理":                                     "2026-05-03",
		"Sie erhalten das Geld innerhalb von 5 Tagen.":  "2026-05-06",
		"Le llega en 2 días.":                           "2026-05-03",
		"Вернём деньги в течение 10 дней.":              "2026-05-11",
		"3営業日以内に返金いたします":                                "2026-05-06",
		"You ordered two lamps and wrote us last month": "",
	} {
		var got []string
		for _, d := range m.Read("", text, friday).Dates {
			got = append(got, d.String())
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %q, want %q", text, s, want)
		}
	}
}

// What is said to have led to a label stands in the text.
func TestBecauseStandsInTheText(t *testing.T) {
	m := messages(t, shipped(t))
	for _, e := range half(t, "work") {
		r := read(t, m, e.Lang, e.Text)
		for _, b := range r.Because {
			if b.Words == "" || !strings.Contains(e.Text, b.Words) || !slices.Contains(r.Labels, b.Label) {
				t.Fatalf("%s: %q is not in the text, or %s no label", e.ID, b.Words, b.Label)
			}
		}
	}
}

func TestAHugeMessageIsCut(t *testing.T) {
	m := messages(t, shipped(t))
	threat := "We know where you live and we will kill you. "
	if r := m.Read("en", threat+strings.Repeat("Thank you. ", 100_000), friday); r.Severity != 3 {
		t.Errorf("the beginning of a long message is not read: %q", r.Labels)
	}
	if cut := firstPart(strings.Repeat("汉", 1_000_000)); len(cut) > mostRead || !strings.HasSuffix(cut, "汉") {
		t.Errorf("cut to %d bytes, within a character", len(cut))
	}
}

func BenchmarkMessage(b *testing.B) {
	m := messages(b, shipped(b))
	for name, text := range map[string]string{
		"english 500":   longEnglish,
		"chinese 500":   string([]rune(strings.Repeat(longChinese, 4))[:500]),
		"hostile 16000": strings.Repeat("pay or else delete \"you wrote ", 600),
		"1 MB":          strings.Repeat("s t u p * d 1d10t!!!! > ", 45_000),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				m.Read("", text, friday)
			}
		})
	}
}

func FuzzMessage(f *testing.F) {
	m := messages(f, shipped(f))
	for _, s := range []string{"", "\xff\xfe", "You wrote: '", "> > >", "““““", "1d10t****", "傻*逼", "On x wrote:\n\n", "a b c d e", "within 999999999999 days", "99999999折", strings.Repeat("(", 50)} {
		f.Add("en", s)
	}
	f.Fuzz(func(t *testing.T, language, text string) {
		r := m.Read(language, text, friday)
		if len(r.Labels) == 0 {
			t.Error("no label")
		}
		for _, b := range r.Because {
			if !strings.Contains(text, b.Words) {
				t.Errorf("%q is not in the text", b.Words)
			}
		}
	})
}
