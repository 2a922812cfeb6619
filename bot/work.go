package bot

import (
	"context"
	"fmt"
	"time"

	"recourse/flows"
)

// atOnce is how many jobs are under way together.
const atOnce = 8

// work does the jobs that wait, a few at once. It starts and waits for them
// itself.
func (b *Bot) work(ctx context.Context) {
	busy := map[int64]bool{}
	ended := make(chan int64, atOnce)
	stumbles := 0
	for {
		for len(ended) > 0 { // never between reading the jobs and handing out
			delete(busy, <-ended)
		}
		pause := b.second
		if len(busy) < atOnce && ctx.Err() == nil {
			// The busy ones may be given again; beyond them there is room.
			jobs, err := b.set.Jobs.Jobs(context.WithoutCancel(ctx), time.Now(), atOnce+len(busy))
			if err != nil {
				stumbles++
				pause = b.growing(stumbles)
				b.set.Log.Error("jobs not read", "error", err)
			} else {
				stumbles = 0
			}
			for _, job := range jobs {
				if busy[job.ID] || len(busy) == atOnce {
					continue
				}
				busy[job.ID] = true
				go func() {
					b.do(ctx, job)
					ended <- job.ID
				}()
			}
		}
		if ctx.Err() != nil {
			for len(busy) > 0 {
				delete(busy, <-ended)
			}
			return
		}
		select {
		case id := <-ended:
			delete(busy, id)
		case <-b.toWork:
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// workOnce does all jobs that are due, one after another; later are the times
// to which jobs were put off.
func (b *Bot) workOnce(ctx context.Context) (n int, later []time.Time, err error) {
	for ctx.Err() == nil {
		jobs, err := b.set.Jobs.Jobs(context.WithoutCancel(ctx), time.Now(), atOnce)
		if err != nil {
			return n, later, fmt.Errorf("read the jobs: %w", err)
		}
		if len(jobs) == 0 {
			return n, later, nil
		}
		for _, job := range jobs {
			if again := b.do(ctx, job); !again.IsZero() {
				later = append(later, again)
			}
			n++
		}
	}
	return n, later, ctx.Err()
}

// do does one job and brings its result home; again is when it is to be tried
// again, zero = it is done.
func (b *Bot) do(ctx context.Context, job flows.Job) (again time.Time) {
	event, wait := b.perform(ctx, job)
	if event == nil && ctx.Err() != nil {
		return again // it waits for the next start
	}
	if event != nil {
		err := b.turns(ctx, flows.Input{
			ID: fmt.Sprintf("job:%d", job.ID), Person: job.Person, At: b.set.Now(), Job: job.ID, Event: event,
		})
		if err == nil {
			return again
		}
		b.set.Log.Error("result of a job not kept", "job", job.ID, "error", err)
		wait = b.growing(job.Attempts + 1)
	}
	again = time.Now().Add(wait)
	for failures := 1; ; failures++ {
		err := b.set.Jobs.Retry(context.WithoutCancel(ctx), job.ID, again)
		if err == nil {
			return again
		}
		b.set.Log.Error("job not put off", "job", job.ID, "error", err)
		if !b.pause(ctx, b.growing(failures)) {
			return again
		}
	}
}

// perform does the work of one job. No event = it did not work this time, and
// is to be tried again after wait.
func (b *Bot) perform(ctx context.Context, job flows.Job) (event flows.Event, wait time.Duration) {
	defer func() {
		if recover() != nil {
			b.set.Log.Error("ALARM: a job could not be done", "job", job.ID)
			event, wait = given(job.Work), 0
		}
	}()
	switch work := job.Work.(type) {
	case flows.Fetch:
		return b.fetch(ctx, job, work)
	case flows.Export:
		return b.export(ctx, job, work)
	case flows.Recognize:
		return b.recognize(ctx, job, work)
	case flows.Redact:
		return b.redact(ctx, job, work)
	}
	return given(job.Work), 0
}

// given is the result of work that was given up.
func given(work flows.Effect) flows.Event {
	switch w := work.(type) {
	case flows.Fetch:
		return flows.Lost{Case: w.Case, Exhibit: w.Exhibit, Why: "gone"}
	case flows.Redact:
		return flows.Lost{Case: w.Case, Exhibit: w.Exhibit, Why: "refused"}
	case flows.Recognize:
		return flows.Recognized{Case: w.Case, Exhibit: w.Exhibit}
	case flows.Export:
		return flows.Exported{Case: w.Case, Pack: w.Pack, Why: "broken"}
	}
	return nil
}
