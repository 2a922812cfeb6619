package reading

import (
	"bufio"
	"fmt"
	"os"
	"testing"
)

func TestHold(t *testing.T) {
	r := reader(t)
	f, _ := os.Open("/tmp/hold.txt")
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		c := british
		for _, x := range sc.Text() {
			if isGlyph(x) {
				c = chinese
			}
		}
		s := r.Story(sc.Text(), c)
		fmt.Println(">", sc.Text())
		fmt.Println("     ", told(s))
	}
}
