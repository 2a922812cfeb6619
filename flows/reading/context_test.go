package reading

// Wednesday, 4 March 2026: the day on which the people of these tests write.
var today = Date{2026, 3, 4}

var (
	british  = Context{Today: today, DayFirst: true, Currency: "GBP", Platforms: platforms, Payments: payments}
	american = Context{Today: today, Currency: "USD", Platforms: platforms, Payments: payments}
	chinese  = Context{Today: today, Currency: "CNY", Platforms: platforms, Payments: payments}
)

var platforms = []Known{
	{"taobao", []string{"Taobao", "Tmall", "Tao Bao", "淘宝", "天猫", "淘宝网", "天猫商城", "手淘"}},
	{"jd", []string{"JD", "JD.com", "Jingdong", "京东", "京东商城", "京东自营"}},
	{"pinduoduo", []string{"Pinduoduo", "PDD", "拼多多", "拼夕夕"}},
	{"douyin", []string{"Douyin", "抖音", "抖音商城", "抖音小店", "抖店", "抖音直播间"}},
	{"xianyu", []string{"Xianyu", "闲鱼", "咸鱼"}},
	{"amazon", []string{"Amazon", "amazon.com", "amazon.co.uk", "Amazon Marketplace", "亚马逊"}},
	{"ebay", []string{"eBay", "E-Bay", "ebay.com"}},
	{"etsy", []string{"Etsy"}},
	{"facebook", []string{"Facebook Marketplace", "Facebook", "FB Marketplace", "FB"}},
	{"instagram", []string{"Instagram", "Insta", "IG"}},
	{"temu", []string{"Temu"}},
	{"vinted", []string{"Vinted"}},
	{"social", []string{"Telegram", "WhatsApp", "WeChat", "微信", "朋友圈", "QQ"}},
}

var payments = []Known{
	{"credit_card", []string{"Credit card", "card", "Visa", "信用卡"}},
	{"debit_card", []string{"Debit card", "借记卡", "银行卡"}},
	{"paypal", []string{"PayPal", "pay pal"}},
	{"alipay", []string{"Alipay", "支付宝"}},
	{"wechat_pay", []string{"WeChat Pay", "微信支付", "微信"}},
	{"bank_transfer", []string{"bank transfer", "transfer", "转账"}},
	{"klarna", []string{"Klarna"}},
	{"cash_on_delivery", []string{"cash on delivery", "货到付款"}},
}
