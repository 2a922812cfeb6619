package reading

import (
	"os"
	"strings"
	"testing"
)

// reader is the Reader over the rules that are shipped.
func reader(t testing.TB) *Reader {
	t.Helper()
	var rules []Rules
	for _, language := range []string{"en", "zh-Hans"} {
		file := "readings/" + language + ".yaml"
		data, err := os.ReadFile("../content/" + file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := ParseRules(file, data)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, r)
	}
	r, err := NewReader(rules...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const longEnglish = `I ordered a pair of walking boots from Trail & Peak on 14 January for £89.99 and paid with my debit card. They should have arrived by 20 January but nothing came. I emailed them twice and they said it was with the courier. Tracking has not moved since. Then they said I must delete my review or they will not refund me, and the man called me an idiot on the phone. I have the screenshots. Order number TP-220114-7781. I just want my money back, I have had enough of this, please help me.`

const longChinese = `我1月14号在淘宝的小熊户外旗舰店买了一双登山鞋，花了899元，用支付宝付的款。说好1月20号之前发货，结果一直没收到货，物流也不动。联系客服，客服态度特别恶劣，骂我穷鬼，还说要是不删差评就公布我的电话和地址。订单号：2026011477812233。我申请退款被他们拒绝了三次，平台也不管。我现在只想退款，让他们道歉。真的气死了，怎么会有这种商家，一分钱都不退，还威胁人，截图我都有。`

func BenchmarkStory(b *testing.B) {
	for name, text := range map[string]string{"english": longEnglish, "chinese": longChinese, "hostile": strings.Repeat("order ", 20_000)} {
		b.Run(name, func(b *testing.B) {
			r, c := reader(b), british
			for b.Loop() {
				r.Story(text, c)
			}
		})
	}
}
