package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"recourse/flows"
)

// BenchmarkTurns measures a turn as people have them: words in, a message with
// four buttons out, committed so that it survives a power cut. "plain" is one
// bare update of a row of the same size in a transaction of its own, in turns
// with the others, so that the ratio holds on any disk.
func BenchmarkTurns(b *testing.B) {
	ctx := context.Background()
	words := []flows.Span{{Text: strings.Repeat("What happened, in your own words? ", 5)}}
	advance := func(p *flows.Person, in flows.Input) []flows.Effect {
		p.Language, p.Country, p.Zone, p.Agreed = "en", "GB", "Europe/London", noon
		if len(p.Cases) == 0 {
			p.Cases = []*flows.Case{{Number: 1, Story: strings.Repeat("It never came. ", 30)}}
		}
		p.Revision++
		var rows [][]flows.Button
		for _, v := range []string{"yes", "no", "later", "danger"} {
			rows = append(rows, []flows.Button{{Label: v, Case: 1, Step: "merchant.asked", Revision: p.Revision, Value: v}})
		}
		return []flows.Effect{flows.Note{Case: 1, What: "said"}, flows.Say{Text: words, Rows: rows}}
	}
	for _, size := range []int{1, 50} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			s := open(b)
			change(b, s, `CREATE TABLE plain (id INTEGER PRIMARY KEY, body TEXT) STRICT`)
			change(b, s, `INSERT INTO plain VALUES (1, '')`)
			var ours, plain time.Duration
			id, rounds := 0, 0
			for b.Loop() {
				batch := make([]flows.Input, size)
				for i := range batch {
					id++
					batch[i] = flows.Input{ID: fmt.Sprint(id), Person: int64(id % 200), At: noon.Add(time.Duration(id) * time.Second), Event: flows.Said{Text: "it never came"}}
				}
				start := time.Now()
				must(b, s.Turns(ctx, batch, advance))
				ours += time.Since(start)
				b.StopTimer()
				start = time.Now()
				change(b, s, `UPDATE plain SET body = $1 WHERE id = 1`, fmt.Sprintf("%01000d", id))
				plain += time.Since(start)
				rounds++
				b.StartTimer()
			}
			perTurn := float64(ours.Nanoseconds()) / float64(rounds*size)
			perPlain := float64(plain.Nanoseconds()) / float64(rounds)
			b.ReportMetric(perTurn, "ns/turn")
			b.ReportMetric(perPlain, "ns/plain")
			b.ReportMetric(perTurn/perPlain, "turns:plain")
		})
	}
}
