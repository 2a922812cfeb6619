package reading

import (
	"bufio"
	"fmt"
	"os"
	"testing"
)

func TestTry(t *testing.T) {
	var rs []Rules
	for _, l := range []string{"en", "zh-Hans"} {
		d, _ := os.ReadFile("../content/readings/" + l + ".yaml")
		x, err := ParseRules("readings/"+l+".yaml", d)
		if err != nil {
			t.Fatal(err)
		}
		rs = append(rs, x)
	}
	r, err := NewReader(rs...)
	if err != nil {
		t.Fatal(err)
	}

	f, _ := os.Open("/tmp/try.txt")
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		c := Context{Today: today, DayFirst: true, Currency: "GBP", Platforms: platforms, Payments: payments}
		for _, x := range sc.Text() {
			if isGlyph(x) {
				c.Currency, c.DayFirst = "CNY", false
			}
		}
		s := r.Story(sc.Text(), c)
		fmt.Println(">", sc.Text())
		fmt.Printf("   %v shop=%q prod=%q ord=%q plat=%s pay=%s amt=%v o=%v e=%v d=%v x=%v never=%v wants=%v\n", s.Kinds, s.Shop, s.Product, s.Order, s.Platform, s.Payment, s.Amount, s.Ordered, s.Expected, s.Delivered, s.Discovered, s.NeverArrived, s.Wants)
		fmt.Printf("   %v\n", s.Because)
	}
}
