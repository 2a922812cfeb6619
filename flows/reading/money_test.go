package reading

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bojanz/currency"
	"pgregory.net/rapid"
)

func amountList(amounts []currency.Amount) string {
	var s []string
	for _, a := range amounts {
		s = append(s, a.String())
	}
	return strings.Join(s, ", ")
}

func TestAmounts(t *testing.T) {
	r := reader(t)
	japanese, hongkong := chinese, chinese
	japanese.Currency, hongkong.Currency = "JPY", "HKD"
	for _, group := range []struct {
		name  string
		c     Context
		cases [][2]string
	}{
		{"british", british, [][2]string{
			{"£1,299.00", "1299.00 GBP"},
			{"£40", "40.00 GBP"},
			{"£ 40", "40.00 GBP"},
			{"40£", "40.00 GBP"},
			{"40 pounds", "40.00 GBP"},
			{"40 quid", "40.00 GBP"},
			{"forty quid", "40.00 GBP"},
			{"two hundred and five pounds", "205.00 GBP"},
			{"a hundred quid", "100.00 GBP"},
			{"three thousand pounds", "3000.00 GBP"},
			{"GBP 40", "40.00 GBP"},
			{"40 GBP", "40.00 GBP"},
			{"40gbp", "40.00 GBP"},
			{"gbp40", "40.00 GBP"},
			{"50p", "0.50 GBP"},
			{"£9.99", "9.99 GBP"},
			{"£0.99", "0.99 GBP"},
			{"£15k", "15000.00 GBP"},
			{"£1.5k", "1500.00 GBP"},
			{"£1,00,000", "100000.00 GBP"},
			{"£12.5", "12.50 GBP"},
			{"$1,299", "1299.00 USD"},
			{"US$20", "20.00 USD"},
			{"USD 20", "20.00 USD"},
			{"$20 CAD", "20.00 CAD"},
			{"20 bucks", "20.00 USD"},
			{"134,89 €", "134.89 EUR"},
			{"134,8 €", "134.80 EUR"},
			{"€134,89", "134.89 EUR"},
			{"1 299,00 €", "1299.00 EUR"},
			{"1\u00a0299,00\u00a0€", "1299.00 EUR"},
			{"1\u202f299 €", "1299.00 EUR"},
			{"1.299,00 €", "1299.00 EUR"},
			{"1.299 €", "1299.00 EUR"},
			{"12.99 euros", "12.99 EUR"},
			{"CHF 1'299.50", "1299.50 CHF"},
			{"¥299", "299.00 CNY"},
			{"RMB 299", "299.00 CNY"},
			{"299 yuan", "299.00 CNY"},
			{"5000 yen", "5000 JPY"},
			{"paid 40 by card", "40.00 GBP"},
			{"it cost 1299.99", "1299.99 GBP"},
			{"i paid about 250 for it", "250.00 GBP"},
			{"paid £40 plus £5 shipping", "40.00 GBP, 5.00 GBP"},
			{"between £20 and £30", "20.00 GBP, 30.00 GBP"},
			{"£40, £50 and 60 quid", "40.00 GBP, 50.00 GBP, 60.00 GBP"},
			{"￡４０", "40.00 GBP"},
			{"iPhone 15 299 pounds", "299.00 GBP"},
			{"order 48213", ""},
			{"112-3456789-1234567", ""},
			{"call +44 20 7946 0958", ""},
			{"7 days", ""},
			{"paid 2 weeks ago", ""},
			{"paid on 3 Feb", ""},
			{"2 lamps", ""},
			{"1 Feb 2026", ""},
			{"2026-02-01 14:30", ""},
			{"15k", ""},
			{"size 40", ""},
			{"50% off", ""},
			{"1,2,3 €", ""},
			{"£", ""},
			{"£0", ""},
			{"£99999999999999999999999", ""},
			{"a", ""},
		}},
		{"american", american, [][2]string{
			{"$1,299", "1299.00 USD"},
			{"20 bucks", "20.00 USD"},
			{"99 cents", "0.99 USD"},
			{"$40 and 40 dollars", "40.00 USD, 40.00 USD"},
		}},
		{"chinese", chinese, [][2]string{
			{"299块", "299.00 CNY"},
			{"299元", "299.00 CNY"},
			{"299.5元", "299.50 CNY"},
			{"299 块钱", "299.00 CNY"},
			{"¥299", "299.00 CNY"},
			{"￥299.00", "299.00 CNY"},
			{"299RMB", "299.00 CNY"},
			{"rmb299", "299.00 CNY"},
			{"人民币299元", "299.00 CNY"},
			{"２９９元", "299.00 CNY"},
			{"1,299元", "1299.00 CNY"},
			{"1.2万", "12000.00 CNY"},
			{"1.2万元", "12000.00 CNY"},
			{"1.25w块", "12500.00 CNY"},
			{"3千块", "3000.00 CNY"},
			{"3千5", "3500.00 CNY"},
			{"两百九十九块", "299.00 CNY"},
			{"三千五", "3500.00 CNY"},
			{"三千零五块", "3005.00 CNY"},
			{"一万二", "12000.00 CNY"},
			{"两万三千块", "23000.00 CNY"},
			{"十五块", "15.00 CNY"},
			{"二十五元", "25.00 CNY"},
			{"两块五", "2.50 CNY"},
			{"9块9", "9.90 CNY"},
			{"三块五毛", "3.50 CNY"},
			{"5毛", "0.50 CNY"},
			{"一千多块", "1000.00 CNY"},
			{"花了299", "299.00 CNY"},
			{"花了299买的", "299.00 CNY"},
			{"花了299，3天就坏", "299.00 CNY"},
			{"花了299,3天就坏", "299.00 CNY"},
			{"花了三千五买的手机", "3500.00 CNY"},
			{"实付134.89", "134.89 CNY"},
			{"100美元", "100.00 USD"},
			{"500港币", "500.00 HKD"},
			{"40英镑", "40.00 GBP"},
			{"299塊", "299.00 CNY"},
			{"运费10块，货款299元", "10.00 CNY, 299.00 CNY"},
			{"3天", ""},
			{"花了3天", ""},
			{"花了3个小时", ""},
			{"一千个", ""},
			{"买了两块表", ""},
			{"一块面包", ""},
			{"3月5日", ""},
			{"订单号33210", ""},
			{"13812345678", ""},
			{"两百多天", ""},
			{"不知道", ""},
		}},
		{"japanese", japanese, [][2]string{{"¥5000", "5000 JPY"}, {"5,000円", "5000 JPY"}}},
		{"hongkong", hongkong, [][2]string{{"$299", "299.00 HKD"}, {"HK$299", "299.00 HKD"}, {"299蚊", ""}}},
		{"nothing known", Context{}, [][2]string{{"paid 40", ""}, {"三千五", ""}, {"£40", "40.00 GBP"}}},
	} {
		for _, x := range group.cases {
			if got := amountList(r.Amounts(x[0], group.c)); got != x[1] {
				t.Errorf("%s: %q: got %q, want %q", group.name, x[0], got, x[1])
			}
		}
	}
}

// Any price is read back from every way to write it.
func TestAmountsRoundTrip(t *testing.T) {
	r := reader(t)
	group := func(n int64, sep string) string {
		s := fmt.Sprint(n)
		for i := len(s) - 3; i > 0; i -= 3 {
			s = s[:i] + sep + s[i:]
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(1, 9_999_999).Draw(t, "whole")
		cents := rapid.Int64Range(0, 99).Draw(t, "cents")
		for text, want := range map[string]string{
			fmt.Sprintf("£%d.%02d", whole, cents):                fmt.Sprintf("%d.%02d GBP", whole, cents),
			fmt.Sprintf("£%s.%02d", group(whole, ","), cents):    fmt.Sprintf("%d.%02d GBP", whole, cents),
			fmt.Sprintf("%s,%02d €", group(whole, "."), cents):   fmt.Sprintf("%d.%02d EUR", whole, cents),
			fmt.Sprintf("%s,%02d €", group(whole, " "), cents):   fmt.Sprintf("%d.%02d EUR", whole, cents),
			fmt.Sprintf("%s €", group(whole, "\u202f")):          fmt.Sprintf("%d.00 EUR", whole),
			fmt.Sprintf("%s pounds", group(whole, ",")):          fmt.Sprintf("%d.00 GBP", whole),
			fmt.Sprintf("%d.%02d元", whole, cents):                fmt.Sprintf("%d.%02d CNY", whole, cents),
			wide(fmt.Sprintf("%d块", whole)):                      fmt.Sprintf("%d.00 CNY", whole),
			inChinese(whole) + "块钱":                              fmt.Sprintf("%d.00 CNY", whole),
			fmt.Sprintf("ordered it for £%d on 1 Feb", whole):    fmt.Sprintf("%d.00 GBP", whole),
			fmt.Sprintf("USD %s.%02d", group(whole, ","), cents): fmt.Sprintf("%d.%02d USD", whole, cents),
		} {
			if got := amountList(r.Amounts(text, british)); got != want {
				t.Fatalf("%q: got %q, want %q", text, got, want)
			}
		}
	})
}

// inChinese writes a number below a hundred million out in characters.
func inChinese(n int64) string {
	if n >= 10_000 {
		s := inChinese(n/10_000) + "万"
		if rest := n % 10_000; rest > 0 {
			if rest < 1000 {
				s += "零"
			}
			s += inChinese(rest)
		}
		return s
	}
	figures, units := []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}, []string{"千", "百", "十", ""}
	s, gap := "", false
	for i, part := range []int64{1000, 100, 10, 1} {
		switch f := n / part % 10; {
		case f > 0:
			if gap && s != "" {
				s += "零"
			}
			s, gap = s+figures[f]+units[i], false
		default:
			gap = true
		}
	}
	return s
}

func TestDigits(t *testing.T) {
	for text, want := range map[string]string{
		"40": "40", "40.5": "40.5", "1,299": "1299", "1.299": "1299", "0.299": "0.299", "1.299,50": "1299.50", "1,299.50": "1299.50",
		"1,299,000": "1299000", "12.34": "12.34", "12,3": "12.3", "1'299": "1299", "007": "7",
		"2026.2.1": "", "1,2,3": "", "1.2,3.4": "", "1,29,9": "", "1,299.0000000": "", "99999999999999999": "",
	} {
		got, ok := digits(text, false)
		if (want != "") != ok || ok && got.String() != want {
			t.Errorf("%q: got %v %v, want %q", text, got, ok, want)
		}
	}
}
