package reading

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Words as a machine gives them: split, glued, in columns, with one sign for
// another. What is not sure is not read.
func TestScreenshot(t *testing.T) {
	type want struct{ order, amount, ordered, shop string }
	r := reader(t)
	for _, c := range []struct {
		words string
		in    Context
		want
	}{
		// The order's number.
		{"订单编号 3318204457710025 复制", chinese, want{order: "3318204457710025"}},
		{"订 单 编 号 : 331820 4457710025 复制", chinese, want{order: "3318204457710025"}},
		{"订单号 2840 1199 2337 5566", chinese, want{order: "2840119923375566"}},
		{"订单编号:2840119923375566支付方式", chinese, want{order: "2840119923375566"}},
		{"订单编号:   260227-334019552807", chinese, want{order: "260227-334019552807"}},
		{"ｏｒｄｅｒ　ｎｕｍｂｅｒ：４８２１３", british, want{order: "48213"}},
		{"Order #: 1OO884213", british, want{order: "100884213"}},
		{"Order number\n48213-GB", british, want{order: "48213-GB"}},
		{"物流单号 SF1234567890123\n订单编号 复制", chinese, want{}},
		{"客服电话 4001234567", chinese, want{}},
		{"Order number: 15 February 2026", british, want{}},
		{"Order no. 4 8 2 1 3", british, want{}},
		{"Your order: arriving Tuesday 10 March", british, want{}},

		// What was paid in all.
		{"商品总价 ¥138.00\n店铺优惠 -¥10.00\n实付款 ￥１２８．００", chinese, want{amount: "128.00 CNY"}},
		{"实 付 款 半 128.00", chinese, want{amount: "128.00 CNY"}},
		{"实付款 Y 1,288.00", british, want{amount: "1288.00 CNY"}},
		{"实付款: ¥ 128. 00", chinese, want{amount: "128.00 CNY"}},
		{"单价 ¥39.90   合计 ¥79.80", chinese, want{amount: "79.80 CNY"}},
		{"帐篷 ¥128.00\n实付款 ¥12800", chinese, want{}},
		{"帐篷 ¥12800\n运费 ¥0.00\n实付款 ¥12800", chinese, want{amount: "12800.00 CNY"}},
		{"合计退款 ¥39.90", chinese, want{}},
		{"退款总额 ¥39.90\n实付款 ¥128.00", chinese, want{amount: "128.00 CNY"}},
		{"Total price\n£24.00\nYou paid £20.00", british, want{amount: "20.00 GBP"}},
		{"Subtotal £36.00\nTotal savings £5.00\nTotal £40.00", british, want{amount: "40.00 GBP"}},
		{"Grand Total: £34 .50", british, want{amount: "34.50 GBP"}},
		{"Grand Total: £3O.5O", british, want{amount: "30.50 GBP"}},
		{"Grand Total: £3B.50", british, want{}},
		{"Grand Total: £3 4.50", british, want{}},
		{"Refund total: £10.00", british, want{}},
		{"Total: 3 items", british, want{}},
		{"Order total: 40,00 €", british, want{amount: "40.00 EUR"}},

		// The day of the order, never another one.
		{"下单时间: 2026-02-1821:04:33", chinese, want{ordered: "2026-02-18"}},
		{"预计2026年3月8日送达\n创建时间 2026年2月18日 21:04", chinese, want{ordered: "2026-02-18"}},
		{"Delivered on 9 February 2026\nOrdered on 1 February 2026", british, want{ordered: "2026-02-01"}},
		{"Order date: 05/03/2026", Context{Today: today, Currency: "USD"}, want{}},
		{"Delivered on 9 February 2026", british, want{}},
		{"Ordered on 1 February 2027", british, want{}},

		// A table: labels side by side, what belongs to them below.
		{
			"ORDER PLACED   TOTAL   SHIP TO   ORDER # 202-4471938-5520417\n1 February 2026   £34.50   A Person", british,
			want{order: "202-4471938-5520417", amount: "34.50 GBP", ordered: "2026-02-01"},
		},

		// The shop.
		{"店铺: 花间小铺 >", chinese, want{shop: "花间小铺"}},
		{"卖家   花间小铺", chinese, want{shop: "花间小铺"}},
		{"商家: 花间小铺 进店 >", chinese, want{shop: "花间小铺"}},
		{"花间小铺旗舰店 >", chinese, want{shop: "花间小铺旗舰店"}},
		{"Sold by:\nBrightHome Ltd", british, want{shop: "BrightHome Ltd"}},
		{"Sold by: BrightHome Ltd and Fulfilled by Amazon", british, want{shop: "BrightHome Ltd"}},
		{"Seller: gadget_barn_uk", british, want{shop: "gadget_barn_uk"}},
		{"商家已发货", chinese, want{}},
		{"卖家电话 13800138000", chinese, want{}},
		{"店铺优惠  -¥10.00", chinese, want{}},
		{"Seller feedback 99.8%", british, want{}},
		{"", british, want{}},
		{strings.Repeat("Total\n", 1000), british, want{}},
	} {
		s := r.Screenshot(c.words, c.in)
		got := want{order: s.Order, shop: s.Shop}
		if s.Amount != nil {
			got.amount = s.Amount.String()
		}
		if !s.Ordered.IsZero() {
			got.ordered = s.Ordered.String()
		}
		if got != c.want {
			t.Errorf("%.80q:\n got %+v\nwant %+v", c.words, got, c.want)
		}
	}
}

// Whatever a machine says was on a picture is read to an end, and what is offered
// is short enough to be shown.
func FuzzScreenshot(f *testing.F) {
	r := reader(f)
	for _, words := range []string{"订 单 编 号 : 331820 4457710025 复制\n实付款 半 128. 00", "ORDER PLACED   TOTAL   ORDER # 202-44\n1 Feb 2026  £3O.50", "Sold by:\nBrightHome Ltd and Fulfilled by Amazon", "商家: 花间小铺旗舰店 进店"} {
		f.Add(words)
	}
	f.Fuzz(func(t *testing.T, words string) {
		s := r.Screenshot(words, british)
		if len(s.Order) > 32 || len([]rune(s.Shop)) > 40 || !utf8.ValidString(s.Order+s.Shop) && utf8.ValidString(words) || s.Ordered.After(british.Today) {
			t.Errorf("%q: %+v", words, s)
		}
	})
}
