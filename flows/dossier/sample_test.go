package dossier

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/flows/content"
	"recourse/flows/reading"
)

// signer is a key as a copy of the bot has one.
type signer struct{ private ed25519.PrivateKey }

func newSigner(seed byte) signer {
	return signer{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))}
}

func (s signer) Sign(m []byte) ([]byte, error) { return ed25519.Sign(s.private, m), nil }
func (s signer) Public() ed25519.PublicKey     { return s.private.Public().(ed25519.PublicKey) }

// memory keeps files by hash, as the vault does.
type memory map[string][]byte

func (m memory) put(data []byte) string {
	sum := hashOf(data)
	m[sum] = data
	return sum
}

func (m memory) open(sum string) (io.ReadCloser, error) {
	data, ok := m[sum]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// folder takes what is written.
type folder struct {
	names []string
	files map[string]*bytes.Buffer
}

type closing struct{ io.Writer }

func (closing) Close() error { return nil }

func (f *folder) create(name string) (io.WriteCloser, error) {
	if f.files == nil {
		f.files = map[string]*bytes.Buffer{}
	}
	f.names = append(f.names, name)
	f.files[name] = &bytes.Buffer{}
	return closing{f.files[name]}, nil
}

var embedded = sync.OnceValue(func() *content.Content {
	c, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		return nil
	}
	return c
})

// wordsOf speaks the language of a locale, as flows does.
func wordsOf(t testing.TB, tag string) func(string, ...any) string {
	c := embedded()
	if c == nil {
		t.Fatal("the content has mistakes")
	}
	for _, l := range c.Languages {
		if l.Tag != tag {
			continue
		}
		return func(key string, pairs ...any) string {
			data := map[string]any{}
			for i := 0; i+1 < len(pairs); i += 2 {
				data[pairs[i].(string)] = pairs[i+1]
			}
			s, err := l.Say(key, data)
			if err != nil {
				t.Errorf("%v", err)
				return key
			}
			if strings.Contains(s, "<no value>") {
				t.Errorf("%s in %s lacks a field: %s", key, tag, s)
			}
			return s
		}
	}
	t.Fatalf("no locale %s", tag)
	return nil
}

// logbook writes a log as the store does.
type logbook struct {
	lines [][]byte
	at    time.Time
	prev  string
}

func (l *logbook) note(number int, what string, pairs ...string) {
	if l.prev == "" {
		l.prev = firstPrev
	}
	data := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			data[pairs[i]] = pairs[i+1]
		}
	}
	line, err := json.Marshal(struct {
		Seq  int               `json:"seq"`
		At   time.Time         `json:"at"`
		Case int               `json:"case"`
		What string            `json:"what"`
		Data map[string]string `json:"data,omitempty"`
		Prev string            `json:"prev"`
	}{len(l.lines) + 1, l.at, number, what, data, l.prev})
	if err != nil {
		panic(err)
	}
	l.lines = append(l.lines, line)
	l.prev = hashOf(line)
	l.at = l.at.Add(97 * time.Second)
}

// exhibit notes an exhibit's coming, as flows does.
func (l *logbook) exhibit(number int, x *Exhibit) {
	it := itemOf(x)
	says := it.says()
	arrival := []string{"number", says["number"]}
	for _, k := range []string{"kind", "form", "message", "sent", "album", "declared", "name", "forward_kind", "forward_name", "forward_date", "received", "caption_sha256", "parent"} {
		arrival = append(arrival, k, says[k])
	}
	what := "exhibit"
	if x.Form == "text_only" {
		arrival = append(arrival, "sha256", says["sha256"], "size", says["size"], "type", says["type"])
	}
	if x.Form == "derived" {
		what = "exhibit copy"
	}
	l.note(number, what, arrival...)
	if x.State == "kept" && x.Form != "text_only" {
		l.note(number, "exhibit kept", "number", says["number"], "sha256", says["sha256"], "size", says["size"], "type", says["type"], "stored", says["stored"])
	}
	for _, e := range it.Edits {
		l.note(number, "exhibit edited", "number", says["number"], "sha256", e.SHA256, "edited", e.Edited)
	}
}

// photo is a picture with grain in it, so that it takes as many bytes as one of a
// phone. The same seed gives the same bytes.
func photo(w, h int, seed uint64) []byte {
	key := [3]int{w, h, int(seed)}
	if data, made := photos.Load(key); made {
		return bytes.Clone(data.([]byte))
	}
	data := takePhoto(w, h, seed)
	photos.Store(key, data)
	return bytes.Clone(data)
}

var photos sync.Map // taken so far: it takes longer than the dossier

func takePhoto(w, h int, seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 7))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	base := color.RGBA{uint8(seed * 53), uint8(90 + seed*31), uint8(170 - seed*17), 255}
	for y := range h {
		for x := range w {
			n := int(rng.Uint32()&15) - 8
			shade := 60*y/h + 40*x/w
			if (x/90+y/90)%2 == 0 {
				shade += 25
			}
			at := m.Pix[m.PixOffset(x, y):]
			at[0], at[1], at[2], at[3] = uint8(clamp(int(base.R)/2+shade+n)), uint8(clamp(int(base.G)/2+shade+n)), uint8(clamp(int(base.B)/2+shade+n)), 255
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func clamp(n int) int { return max(0, min(255, n)) }

// screen is a screenshot of a chat, as a PNG.
func screen(w, h int) []byte {
	m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.RGBA{225, 245, 220, 255}, color.RGBA{60, 60, 60, 255}, color.RGBA{235, 235, 240, 255}})
	for y := range h {
		for x := range w {
			c := uint8(0)
			switch {
			case y < h/12:
				c = 3
			case y/70%2 == 1 && x > w/3 && x < w-20:
				c = 1
				if y%70 > 20 && y%70 < 50 && y%10 < 5 && x%7 < 5 && x < w-60 {
					c = 2
				}
			}
			m.SetColorIndex(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// withEXIF puts what a phone writes before a JPEG: how it was held, the camera,
// and the place.
func withEXIF(file []byte, orientation uint16) []byte {
	be := binary.BigEndian
	t := []byte("MM\x00\x2a\x00\x00\x00\x08")
	t = be.AppendUint16(t, 3)
	entry := func(tag, kind uint16, n uint32, value []byte) {
		t = be.AppendUint16(t, tag)
		t = be.AppendUint16(t, kind)
		t = be.AppendUint32(t, n)
		t = append(t, value...)
	}
	const after = 8 + 2 + 3*12 + 4
	entry(0x010F, 2, 14, be.AppendUint32(nil, after)) // Make
	entry(0x0112, 3, 1, append(be.AppendUint16(nil, orientation), 0, 0))
	entry(0x8825, 4, 1, be.AppendUint32(nil, after+14)) // GPS
	t = be.AppendUint32(t, 0)
	t = append(t, "CANARYCAMERA\x00\x00"...)
	t = be.AppendUint16(t, 1)
	entry(1, 2, 2, []byte("N\x00\x00\x00"))
	t = be.AppendUint32(t, 0)
	t = append(t, "GPS CANARY 51.5007,-0.1246"...)
	app := append([]byte("Exif\x00\x00"), t...)
	out := append([]byte{}, file[:2]...)
	out = append(out, 0xff, 0xe1)
	out = be.AppendUint16(out, uint16(len(app)+2))
	out = append(out, app...)
	return append(out, file[2:]...)
}

func day(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// theLamp is a realistic case in English: a lamp that never came.
func theLamp(t testing.TB) (*Dossier, memory) {
	m := memory{}
	d := &Dossier{
		Language: "en", Case: 3, Zone: "Europe/London", Words: wordsOf(t, "en"),
		When:  func(at time.Time) string { return at.UTC().Format("2 January 2006, 15:04") },
		Title: "LampLand, order 48213: a desk lamp that was never delivered",
		Cover: []Field{
			{"The shop", "LampLand (LampLand Trading Ltd)"},
			{"Bought on", "its own website"},
			{"Paid", "£40.00 by debit card"},
			{"Asked for", "£40.00 back"},
			{"Where it stands", "Final notice sent 18 March 2026; no answer so far"},
			{"Next date", "Wednesday 1 April 2026: answer due"},
		},
		Parties: []Party{
			{"The consumer", []Field{{"Name", "Sarah O’Neill (to be completed by the person)"}, {"Lives in", "United Kingdom"}}},
			{"The shop", []Field{{"Name", "LampLand"}, {"Legal name", "LampLand Trading Ltd, company number 01234567"}, {"Country", "United Kingdom"}, {"Platform", "its own website"}, {"Order number", "48213"}}},
		},
		Summary: []string{
			"On 1 February 2026 I ordered one desk lamp from LampLand's website and paid £40.00 by debit card. They confirmed delivery by 8 February 2026. It has not arrived.",
			"I wrote to them on 20 February and again on 4 March. They answered once, that the courier was responsible and that “final sale” items are not refunded. After that they did not answer.",
		},
		Chronology: []Happening{
			{"1 February 2026", "Ordered one desk lamp, £40.00, paid by debit card.", []int{1}},
			{"1 February 2026", "The shop confirmed the order and delivery by 8 February.", []int{2}},
			{"8 February 2026", "The agreed day of delivery passed. Nothing arrived.", nil},
			{"20 February 2026", "First message to the shop: asked for delivery or the money back.", []int{3}},
			{"22 February 2026", "The shop answered that the courier was responsible.", []int{4, 5}},
			{"4 March 2026", "Firm message: a further period of 14 days, with section 28 named.", []int{6}},
			{"18 March 2026", "Final notice, answer due by 1 April.", nil},
		},
		Claim: []Field{{"What is asked for", "repayment of £40.00 to the card that was used"}, {"By", "Wednesday 1 April 2026"}, {"If not", "chargeback with the card company; then a claim in the county court"}},
		Basis: []Rule{
			{"Goods must be delivered by the agreed time. Where they are not, and a further reasonable period has passed too, the buyer may end the contract and be repaid everything without undue delay.", "Consumer Rights Act 2015, s 28", "https://www.legislation.gov.uk/ukpga/2015/15/section/28", "24 November 2026"},
			{"The goods are at the trader's risk until they come into the physical possession of the consumer.", "Consumer Rights Act 2015, s 29", "https://www.legislation.gov.uk/ukpga/2015/15/section/29", "24 November 2026"},
		},
		Statement: []string{
			"I ordered one desk lamp from LampLand on 1 February 2026 (order 48213) and paid £40.00 by debit card (Exhibit 1). LampLand confirmed delivery by 8 February 2026 (Exhibit 2).",
			"The lamp has not arrived. I asked for delivery or repayment on 20 February, 4 March and 18 March 2026. I have not been repaid.",
			"I believe that the facts stated in this statement are true.",
		},
		Papers: []Paper{
			{"letter", "First message to LampLand (firm)", "English", "sent 4 March 2026 by e-mail", "Order 48213: not delivered\n\nDear LampLand,\n\nOn 1 February 2026 I ordered one desk lamp from your website (order 48213) and paid £40.00 by card (Exhibit 1). You confirmed delivery by 8 February (Exhibit 2). It has not arrived. I wrote to you on 20 February and have had no answer (Exhibit 3).\n\nUnder section 28 of the Consumer Rights Act 2015, goods must be delivered by the agreed time, and within 30 days where none was agreed; where that fails and a further reasonable period has passed, the buyer may end the contract and be repaid everything without undue delay. I am giving you that further period now.\n\nPlease deliver the lamp, or repay £40.00 to the card I paid with, by 17 March 2026.\n\nIf neither has happened by then, I will treat the contract as at an end and use the routes open to me, including my card provider and, if needed, the county court.\n\nPlease answer in writing, to this address.\n\nYours faithfully,\n[your name]"},
			{"complaint", "Chargeback request to the card company", "English", "", "Card ending [last four digits], transaction of 1 February 2026, £40.00, LampLand.\n\nReason: goods not received. Delivery was promised by 8 February 2026 (Exhibit 2). The merchant was asked on 20 February, 4 March and 18 March 2026 (Exhibits 3 and 6).\n\nPlease reverse the payment."},
		},
	}
	add := func(x Exhibit, data []byte) *Exhibit {
		x.Number = len(d.Exhibits) + 1
		x.Message = 100 + 7*x.Number
		if x.State == "" {
			x.State = "kept"
		}
		if data != nil {
			x.SHA256, x.Size = m.put(data), int64(len(data))
		}
		if x.Form == "text_only" {
			x.SHA256, x.Size, x.Type = hashOf([]byte(x.Text)), int64(len(x.Text)), "text/plain; charset=utf-8"
		}
		if x.Sent.IsZero() {
			x.Sent = day("2026-03-01 09:00").Add(time.Duration(x.Number) * 3 * time.Minute)
		}
		x.Received = x.Sent.Add(2 * time.Second)
		if x.State == "kept" {
			x.Stored = x.Sent.Add(3 * time.Second)
		}
		d.Exhibits = append(d.Exhibits, x)
		return &d.Exhibits[len(d.Exhibits)-1]
	}
	add(Exhibit{Kind: "photo", Form: "telegram_recompressed", Type: "image/jpeg", Text: "the order page", Proofs: []string{"order"}, Title: "Photo: order confirmation page", Date: "1 Feb 2026", Shows: "the order of 1 February with number and price", Answers: map[string]string{"whole": "yes", "dated": "yes"}, Notes: []string{"It shows what was in the picture. Telegram made it smaller, so fine print and the time it was taken may be gone."}}, photo(960, 1280, 1))
	add(Exhibit{Kind: "document", Form: "as_sent_file", Type: "image/jpeg", Declared: "image/jpeg", Name: "IMG_20260201_181502.jpg", Title: "Picture: confirmation e-mail", Date: "1 Feb 2026"}, withEXIF(photo(1000, 750, 2), 6))
	add(Exhibit{Kind: "document", Form: "as_sent_file", Type: "image/png", Declared: "image/png", Name: "Screenshot (chat).png", Title: "Screenshot: first message to the shop", Date: "20 Feb 2026"}, screen(720, 1480))
	add(Exhibit{Kind: "forward", Form: "text_only", Theirs: true, Text: "Dear customer, the parcel has left our warehouse 😊. For further questions contact the courier. Final sale items are not refunded.", Forward: &Origin{"hidden_user", "LampLand Support", day("2026-02-22 10:14")}, Title: "Forwarded message from “LampLand Support”", Date: "22 Feb 2026", Notes: []string{"It shows the words and what Telegram says of their origin. A forward alone does not prove who wrote it."}}, nil)
	add(Exhibit{Kind: "text", Form: "text_only", Theirs: true, Text: "they wrote: not our problem, ask the courier", Edits: []Edit{{day("2026-02-22 11:02"), "they wrote: “not our problem, ask the courier”, on 22 Feb at 10:14"}}, Title: "Pasted words of the shop", Date: "22 Feb 2026"}, nil)
	add(Exhibit{Kind: "document", Form: "as_sent_file", Type: "application/pdf", Declared: "application/pdf", Name: "letter 4 March.pdf", Title: "File: the firm message as PDF", Date: "4 Mar 2026"}, []byte("%PDF-1.4\n% a letter\n%%EOF\n"))
	add(Exhibit{Kind: "voice", Form: "as_sent_file", Type: "audio/ogg", Title: "Voice message: call with the shop", Date: "5 Mar 2026"}, append([]byte("OggS"), bytes.Repeat([]byte{7}, 3000)...))
	add(Exhibit{Kind: "photo", Form: "derived", Parent: 1, Cover: []string{"top", "left_third"}, Type: "image/jpeg", Title: "Copy of Exhibit 1, partly covered", Date: "6 Mar 2026"}, photo(800, 600, 3))
	add(Exhibit{Kind: "photo", Form: "telegram_recompressed", State: "lost", Why: "gone", Title: "Photo", Date: "6 Mar 2026"}, nil)
	add(Exhibit{Kind: "photo", Form: "telegram_recompressed", Type: "image/jpeg", Out: true, Title: "Photo: me with my family", Date: "6 Mar 2026"}, photo(320, 240, 4))
	for _, x := range d.Exhibits {
		if x.Form == "text_only" {
			d.Talk = append(d.Talk, Message{At: x.Sent, Exhibit: x.Number, Who: x.Title, Text: x.Text, Edits: x.Edits})
		}
	}
	d.Calendar = Calendar(Entry{ID: EntryID(7, 3, 1), Day: reading.Date{Year: 2026, Month: 4, Day: 1}, Title: "Recourse: answer due", Text: "A note for today.", Made: day("2026-03-18 09:00")})
	finishLog(d)
	return d, m
}

// theCooker is a realistic case in Chinese: a return that was refused, with
// everything that is hard to set in type.
func theCooker(t testing.TB) (*Dossier, memory) {
	d, m := theLamp(t)
	d.Language, d.Zone, d.Words, d.Case = "zh-Hans", "亚洲/上海", wordsOf(t, "zh-Hans"), 5
	d.When = func(at time.Time) string { return at.UTC().Format("2006年1月2日 15:04") }
	d.Title = "好锅旗舰店，订单33210：七天无理由退货被拒"
	d.Cover = []Field{{"商家", "好锅旗舰店（浙江好锅电器有限公司）"}, {"平台", "淘宝"}, {"实付", "299元，支付宝"}, {"请求", "退还货款299元"}, {"目前", "已发催告，等待答复"}, {"最近的日期", "2026年3月16日（周一）：答复期限"}}
	d.Parties = []Party{
		{"消费者", []Field{{"姓名", "（由本人填写）"}, {"所在地", "中国大陆"}}},
		{"经营者", []Field{{"店铺", "好锅旗舰店"}, {"营业执照名称", "浙江好锅电器有限公司"}, {"平台", "淘宝"}, {"订单号", "33210"}, {"又名", strings.Repeat("Haoguo", 34)[:200]}}},
	}
	d.Summary = []string{
		"2026年3月2日，我在好锅旗舰店购买电饭煲一台（订单号33210），实付299元，3月5日签收，3月8日申请七天无理由退货，商品完好。商家3月9日以“拆封不退”为由拒绝，之后把我的聊天转给“售后主管”，对方只说“系统规定，没办法”，不再回复……",
		"客服在电话里说了一句外文，我照抄在这里：مرحبا بكم، الطلب رقم 33210 مغلق. 繁體字也有：退貨期限為七天，請於三月十六日前答覆。日本語の説明書には「開封後も返品できます」と書いてあります。Ещё по-русски: возврат в течение семи дней. ειδικά ελληνικά.",
	}
	d.Chronology = []Happening{
		{"2026年3月2日", "下单，实付299元。", []int{1}},
		{"2026年3月5日", "签收。", []int{2}},
		{"2026年3月8日", "申请七天无理由退货，商品完好，配件齐全，包装盒只为查验而打开。", []int{3}},
		{"2026年3月9日", "商家以“拆封不退”为由拒绝。", []int{4, 5}},
		{"2026年3月10日", "发出催告，要求3月16日前答复。", []int{6}},
	}
	d.Claim = []Field{{"请求", "同意退货，退还货款299元"}, {"期限", "2026年3月16日（周一）"}, {"届时未处理", "向平台客服和12315平台反映"}}
	d.Basis = []Rule{
		{"网购商品，自收到之日起七日内可以退货，无需说明理由。", "《消费者权益保护法》第二十五条", "https://flk.npc.gov.cn/", "2026年11月24日"},
		{"消费者为查验商品而拆封，不影响商品完好的，经营者不得以拆封为由拒绝退货。", "最高人民法院 法释〔2022〕8号 第三条", "https://www.court.gov.cn/", "2026年11月24日"},
	}
	d.Statement = []string{"2026年3月2日，我在好锅旗舰店购买电饭煲一台（订单号33210），实付299元（证据1），3月5日签收（证据2）。3月8日我申请七天无理由退货，商品完好（证据3）。商家3月9日拒绝（证据4）。", "以上所述属实。"}
	d.Papers = []Paper{{"letter", "致好锅旗舰店（坚定）", "简体中文", "2026年3月10日通过淘宝聊天发出", "您好，我于2026年3月2日在贵店购买电饭煲一台（订单号33210，实付299元，见证据1），3月5日签收，3月8日申请七天无理由退货，商品完好。贵店3月9日以“拆封不退”为由拒绝（见证据3）。\n\n依据《消费者权益保护法》第二十五条，网购商品自收到之日起七日内可以退货且无需说明理由；为查验而拆封不影响商品完好（最高人民法院法释〔2022〕8号第三条）。\n\n请于3月16日前同意退货并按规定退还货款299元，请在本平台书面回复。如届时未处理，我将通过平台客服及12315平台反映情况。谢谢。"}}
	titles := []string{"照片：订单页面", "图片：签收记录", "截图：退货申请", "转发的消息，来源标为“好锅客服”", "粘贴的商家原话", "文件：催告信（PDF）", "语音：与客服的通话", "证据1的副本，部分遮住", "照片", "照片"}
	for i := range d.Exhibits {
		x := &d.Exhibits[i]
		x.Title, x.Date, x.Notes = titles[i], "2026年3月"+strconv.Itoa(2+i)+"日", nil
		if x.Form == "text_only" {
			x.Text = "亲，拆封了就不能退了哦😂🙏。系统规定，没办法。👨‍👩‍👧‍👦 文件名 \u202Egpj.exe 里有看不见的字。"
			x.SHA256, x.Size = hashOf([]byte(x.Text)), int64(len(x.Text))
		}
		if x.Forward != nil {
			x.Forward.Name = "好锅客服"
		}
		if x.Name != "" {
			x.Name = "订单截图" + x.Name
		}
	}
	for i := range d.Talk {
		x := d.Exhibits[d.Talk[i].Exhibit-1]
		d.Talk[i].Who, d.Talk[i].Text = x.Title, x.Text
	}
	finishLog(d)
	return d, m
}

// finishLog writes the log that belongs to the exhibits.
func finishLog(d *Dossier) {
	l := &logbook{at: day("2026-03-01 08:59")}
	l.note(d.Case, "opened")
	for i := range d.Exhibits {
		l.exhibit(d.Case, &d.Exhibits[i])
	}
	l.note(d.Case, "drafted", "letter", "firm")
	l.note(d.Case, "sent", "letter", "firm", "how", `by e-mail, they said: "prev":"0" \ ok`, "by", "2026-03-17")
	d.Log, d.As = l.lines, l.at.Add(-97*time.Second)
}

// made writes a dossier and gives its files.
func made(t testing.TB, d *Dossier, m memory) *folder {
	t.Helper()
	f := &folder{}
	names, err := Write(context.Background(), d, m.open, newSigner(1), f.create, nil)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(names) != fmt.Sprint(f.names) {
		t.Errorf("says it made %v, and made %v", names, f.names)
	}
	return f
}

func (f *folder) zip(t testing.TB) []byte {
	t.Helper()
	for _, n := range f.names {
		if strings.HasSuffix(n, ".zip") {
			return f.files[n].Bytes()
		}
	}
	t.Fatal("no ZIP")
	return nil
}

func verified(zip []byte) (*Report, error) { return Verify(bytes.NewReader(zip), int64(len(zip))) }
