package content

// SamplePapers are the cases every text is tried with, in English and in
// Chinese: everything known, nothing known, first letters and repeats, each
// kind of trouble with each thing asked for. They are typical in length, too:
// names of up to 40 characters, one law for the short forms.
func SamplePapers() []Paper {
	var papers []Paper
	for _, s := range []sample{english, chinese} {
		papers = append(papers, s.papers()...)
	}
	return papers
}

// sample is what the papers of one language are made of.
type sample struct {
	full      Paper             // everything known, first letter
	demands   map[string]string // want → how it stands after "please"
	statement string            // of any kind
	dates     [2]string         // of earlier messages
	answered  string            // how the merchant refused
	offered   string            // what the merchant offered
	body      string            // who gets a complaint
	longLaw   string            // the longest law that is still typical
}

// sampleKinds are the kinds the dialogue knows by name; the content may have more.
var sampleKinds = []string{"blackmail", "abuse", "privacy", "scam", "not_delivered", "not_as_described", "defective", "counterfeit", "unsafe", "refund_refused", "overcharged", "subscription", "after_sales"}

func (s sample) papers() []Paper {
	minimal := Paper{
		Language: s.full.Language, Country: s.full.Country, Body: s.full.Body,
		You: s.full.You, Contact: s.full.Contact, Address: s.full.Address,
		Kinds: []string{"not_delivered"}, Statement: []string{s.statement},
		Wants: []string{"refund"}, Demand: s.demands["refund"],
		Today: s.full.Today, By: s.full.By,
	}
	papers := []Paper{s.full, minimal}
	with := func(p Paper, change func(p *Paper)) { change(&p); papers = append(papers, p) }

	// First letters, with ever less known.
	with(s.full, func(p *Paper) { p.Never, p.Delivered = true, "" })
	with(s.full, func(p *Paper) { p.Order, p.Product = "", "" })
	with(s.full, func(p *Paper) { p.Amount, p.Payment = "", "" })
	with(s.full, func(p *Paper) { p.Amount = "" })
	with(s.full, func(p *Paper) { p.Payment, p.Product = "", "" })
	with(s.full, func(p *Paper) { p.Ordered, p.Expected, p.Delivered, p.Discovered = "", "", "", "" })
	with(s.full, func(p *Paper) { p.Shop, p.ShopWhere, p.Platform = "", "", "" })
	with(s.full, func(p *Paper) { p.Shop = "" })
	with(s.full, func(p *Paper) { p.Exhibits = nil })
	with(s.full, func(p *Paper) { p.Rights, p.Laws, p.Routes = nil, "", "" })
	with(s.full, func(p *Paper) { p.Salutation, p.Closing = "", "" })
	with(s.full, func(p *Paper) { p.Said, p.Promised = "", "" })
	with(s.full, func(p *Paper) { p.Statement = nil })
	with(minimal, func(p *Paper) { p.Kinds, p.Statement, p.Wants, p.Demand = nil, nil, nil, "" })
	with(minimal, func(p *Paper) { p.Amount = s.full.Amount })
	with(minimal, func(p *Paper) { p.Order = s.full.Order })
	with(minimal, func(p *Paper) { p.Product, p.Exhibits = s.full.Product, s.full.Exhibits })
	with(minimal, func(p *Paper) { p.Platform = s.full.Platform })
	with(s.full, func(p *Paper) { p.Laws = s.longLaw })

	// Repeats.
	once := []Sent{{To: s.full.Shop, Date: s.dates[0], Exhibit: 3}}
	twice := append([]Sent{{To: s.full.Shop, Date: s.dates[0], Exhibit: 3}}, Sent{To: s.full.Shop, Date: s.dates[1]})
	thrice := append([]Sent{{Date: s.dates[0]}}, twice...)
	for _, base := range []Paper{s.full, minimal} {
		for _, earlier := range [][]Sent{once, twice, thrice} {
			with(base, func(p *Paper) { p.Earlier, p.Answer = earlier, "none" })
			with(base, func(p *Paper) { p.Earlier, p.Answer = earlier, "" })
			for _, a := range [][2]string{{"refused", s.answered}, {"offer", s.offered}, {"other", s.answered}} {
				with(base, func(p *Paper) { p.Earlier, p.Answer, p.Answered = earlier, a[0], a[1] })
				with(base, func(p *Paper) { p.Earlier, p.Answer = earlier, a[0] })
			}
		}
		// Answered before the first letter, or after a message without a date.
		with(base, func(p *Paper) { p.Answer, p.Answered = "refused", s.answered })
		with(base, func(p *Paper) { p.Answer = "offer" })
		with(base, func(p *Paper) { p.Answer = "other" })
		with(base, func(p *Paper) { p.Answer = "none" })
		with(base, func(p *Paper) { p.Earlier, p.Answer = []Sent{{To: "?"}}, "none" })
	}
	// Their offer or promise, in figures and without.
	for _, base := range []Paper{s.full, minimal} {
		with(base, func(p *Paper) {
			p.Earlier, p.Answer, p.Answered = once, "offer", s.offered
			p.Offer, p.Offered, p.PromisedBy, p.Came, p.Final = s.full.Amount, s.dates[0], s.dates[1], s.full.Amount, true
		})
		with(base, func(p *Paper) { p.Offer, p.Offered = s.full.Amount, s.dates[0] })
		with(base, func(p *Paper) { p.Offered, p.PromisedBy = s.dates[0], s.dates[1] })
	}
	filed := []Sent{{To: s.body, Date: s.dates[1], Reference: "C-2026-118", Exhibit: 2}, {To: s.full.Platform}, {To: "B", Date: s.dates[0]}}
	with(s.full, func(p *Paper) { p.Earlier, p.Answer, p.Filed = twice, "none", filed })
	with(minimal, func(p *Paper) { p.Filed = filed[1:2] })

	// Every kind with each thing asked for, known well and hardly at all.
	for i, kind := range sampleKinds {
		for j, want := range Wants {
			// All pairs, but each of them with one of the two papers only: the texts
			// are checked at every start of the program.
			base := minimal
			if (i+j)%2 == 0 {
				base = s.full
			}
			with(base, func(p *Paper) {
				p.Kinds, p.Wants, p.Demand = []string{kind}, []string{want}, s.demands[want]
				if j%3 == 0 {
					p.Kinds = append(p.Kinds, sampleKinds[(i+j+1)%len(sampleKinds)])
					p.Statement = append(p.Statement, s.statement)
				}
				if want == "apology" || want == "remove_data" || want == "delivery" || want == "cancel" {
					p.WantAmount = ""
				}
			})
		}
	}
	return papers
}

// sampleBody is who gets a complaint in the samples.
func sampleBody(language string) string {
	if language == chinese.full.Language {
		return chinese.body
	}
	return english.body
}

var english = sample{
	full: Paper{
		Language: "en", Country: "GB",
		You: "[your name]", Contact: "[your e-mail or phone]", Address: "[your address]",
		Shop: "LampLand Lighting and Home Direct Ltd", ShopWhere: "United Kingdom", Platform: "eBay",
		Order: "48213-77120-2026", Product: "one desk lamp with dimmer, brass", Amount: "£1,240.00", Payment: "by credit card",
		Ordered: "1 February 2026", Expected: "8 February 2026", Delivered: "11 February 2026", Discovered: "14 February 2026",
		Today: "3 March 2026", By: "17 March 2026",
		Kinds: []string{"not_delivered"}, Statement: []string{"The order has not arrived; delivery was expected by 8 February 2026 (Exhibit 2)."},
		Problem: "The lamp flickers after a few minutes", Promised: "Dispatched within 24 hours, at your door by 8 February.", Said: "they said the parcel is with the courier and I should wait",
		Wants: []string{"refund"}, Demand: "refund £1,240.00 to the card I paid with", WantAmount: "£1,240.00",
		Rights: []string{
			"Under section 28 of the Consumer Rights Act 2015, goods must be delivered by the agreed time, and within 30 days where none was agreed.",
			"Under section 29 of that Act, goods remain at the trader's risk until they are in the consumer's possession.",
			"Under section 31 of that Act, a term that takes these rights away does not bind the consumer.",
		},
		Laws: "Consumer Rights Act 2015, s 28",
		Exhibits: []Exhibit{
			{Number: 1, What: "The order page and the payment", Date: "3 March 2026", Proofs: []string{"order_page", "payment"}},
			{Number: 2, What: "The tracking page", Date: "3 March 2026", Proofs: []string{"tracking", "product_page", "photos", "price_screens"}},
			{Number: 3, What: "My message of 20 February", Date: "3 March 2026", Proofs: []string{"chat", "sent_proof", "refusal", "leak"}},
		},
		Salutation: "Dear LampLand Lighting and Home Direct Ltd,", Closing: "Yours faithfully,",
		Routes: "my card provider and, if needed, the county court",
	},
	demands: map[string]string{
		"refund":       "refund £1,240.00 to the card I paid with",
		"part_refund":  "refund £120.00 of the price to the card I paid with",
		"replacement":  "replace the product at no cost to me",
		"repair":       "repair the product at no cost to me",
		"delivery":     "deliver the goods I ordered",
		"apology":      "stop these messages and apologise in writing",
		"remove_data":  "delete my personal data and confirm this in writing",
		"cancel":       "cancel the contract and confirm this in writing",
		"compensation": "pay £80.00 for the loss this caused",
	},
	statement: "The product does not match its description (Exhibit 2).",
	dates:     [2]string{"20 February 2026", "27 February 2026"},
	answered:  "Final sale, no refunds.",
	offered:   "We can offer a voucher for £10",
	body:      "Example Card Company",
	longLaw:   "Consumer Contracts (Information, Cancellation and Additional Charges) Regulations 2013, regs 27-38",
}

var chinese = sample{
	full: Paper{
		Language: "zh-Hans", Country: "CN",
		You: "[您的姓名]", Contact: "[您的电话或邮箱]", Address: "[您的地址]",
		Shop: "灯之家家居照明旗舰店", ShopWhere: "中国大陆", Platform: "淘宝",
		Order: "3321048217712020260302", Product: "黄铜可调光台灯一台", Amount: "¥1,299.00", Payment: "用信用卡",
		Ordered: "2026年2月1日", Expected: "2026年2月8日", Delivered: "2026年2月11日", Discovered: "2026年2月14日",
		Today: "2026年3月3日", By: "2026年3月10日",
		Kinds: []string{"not_delivered"}, Statement: []string{"订单商品至今没有送到，原定2026年2月8日前送达（见证据2）。"},
		Problem: "开机几分钟后就自动断电", Promised: "24小时内发货，2月8日前送到。", Said: "客服说包裹在快递手里，让我再等等",
		Wants: []string{"refund"}, Demand: "将¥1,299.00退回原付款账户", WantAmount: "¥1,299.00",
		Rights: []string{
			"依据《消费者权益保护法》第二十五条，网购商品自收到之日起七日内可以退货且无需说明理由。",
			"依据《电子商务法》第四十九条，提交订单成功后合同即告成立。",
			"依据《消费者权益保护法》第二十六条，免除经营者责任的格式条款无效。",
		},
		Laws: "《消费者权益保护法》第二十五条",
		Exhibits: []Exhibit{
			{Number: 1, What: "订单页面和付款记录", Date: "2026年3月3日", Proofs: []string{"order_page", "payment"}},
			{Number: 2, What: "物流页面", Date: "2026年3月3日", Proofs: []string{"tracking", "product_page", "photos", "price_screens"}},
			{Number: 3, What: "2月20日发给商家的消息", Date: "2026年3月3日", Proofs: []string{"chat", "sent_proof", "refusal", "leak"}},
		},
		Salutation: "灯之家家居照明旗舰店：", Closing: "此致\n敬礼",
		Routes: "平台客服介入、全国12315平台投诉和向人民法院起诉",
	},
	demands: map[string]string{
		"refund":       "将¥1,299.00退回原付款账户",
		"part_refund":  "将差价¥120.00退回原付款账户",
		"replacement":  "免费更换商品",
		"repair":       "免费修好商品",
		"delivery":     "将所购商品送达",
		"apology":      "停止发送此类消息并书面道歉",
		"remove_data":  "删除我的个人信息并书面确认",
		"cancel":       "取消该合同并书面确认",
		"compensation": "赔偿由此造成的损失¥80.00",
	},
	statement: "收到的商品与描述不符（见证据2）。",
	dates:     [2]string{"2026年2月20日", "2026年2月27日"},
	answered:  "特价商品，不退不换。",
	offered:   "可以补偿一张10元优惠券",
	body:      "某市场监督管理局",
	longLaw:   "《最高人民法院关于审理网络消费纠纷案件适用法律若干问题的规定（一）》第三条",
}
