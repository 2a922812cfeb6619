package dossier

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// papers are the texts of the first part.
func (w *writing) papers() (files []file) {
	d := w.d
	if len(d.Statement) > 0 {
		files = append(files, file{"statement.txt", w.statementPage()})
	}
	if len(d.Talk) > 0 {
		files = append(files, file{"transcript.txt", w.transcript()})
	}
	n := map[string]int{}
	for _, p := range d.Papers {
		kind, folder := "letter", "letters"
		if p.Kind == "complaint" {
			kind, folder = "complaint", "complaints"
		}
		n[kind]++
		var b strings.Builder
		fmt.Fprintf(&b, "%s\n", plain(p.Title))
		if p.Date != "" {
			fmt.Fprintf(&b, "%s\n", plain(p.Date))
		} else {
			fmt.Fprintf(&b, "%s\n", d.Words("dossier.draft"))
		}
		fmt.Fprintf(&b, "\n%s\n", lines(p.Text))
		files = append(files, file{fmt.Sprintf("%s/%s-%02d.txt", folder, kind, n[kind]), []byte(b.String())})
	}
	if len(d.Calendar) > 0 {
		files = append(files, file{"calendar.ics", d.Calendar})
	}
	return append(files, file{"exhibits.csv", w.table()})
}

// transcript is the talk as text.
func (w *writing) transcript() []byte {
	d := w.d
	var b strings.Builder
	fmt.Fprintf(&b, "%s · %s\n%s\n", d.Words("dossier.talk"), plain(d.Title), d.Words("dossier.talk.note"))
	for _, m := range d.Talk {
		fmt.Fprintf(&b, "\n%s · %s", w.when(m.At), plain(m.Who))
		if m.Exhibit > 0 {
			fmt.Fprintf(&b, " · %s", d.Words("dossier.exhibit", "number", m.Exhibit))
		}
		fmt.Fprintf(&b, "\n%s\n", indent(m.Text))
		for _, e := range m.Edits {
			fmt.Fprintf(&b, "%s\n%s\n", d.Words("dossier.edited", "when", w.when(e.At)), indent(e.Text))
		}
	}
	return []byte(b.String())
}

// indent sets foreign words apart, so that none can look like a line of ours.
func indent(s string) string {
	return "    " + strings.ReplaceAll(lines(s), "\n", "\n    ")
}

// when is a moment as it stands on the pages; none = a dash.
func (w *writing) when(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return w.d.When(t)
}

// statementPage is for the person to sign.
func (w *writing) statementPage() []byte {
	d := w.d
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s · %s\n\n%s\n", d.Words("dossier.statement"), d.Words("dossier.case", "number", d.Case), plain(d.Title), d.Words("dossier.statement.note"))
	for _, p := range d.Statement {
		fmt.Fprintf(&b, "\n%s\n", lines(p))
	}
	b.WriteString("\n")
	for _, key := range []string{"dossier.place", "dossier.date", "dossier.signature", "dossier.signer"} {
		fmt.Fprintf(&b, "\n______________________________\n%s\n", d.Words(key))
	}
	return []byte(b.String())
}

// table is the list of exhibits for a spreadsheet.
func (w *writing) table() []byte {
	var b bytes.Buffer
	b.WriteString("\uFEFF") // so that Excel reads UTF-8
	t := csv.NewWriter(&b)
	d := w.d
	row := func(cells ...string) {
		for i := range cells {
			cells[i] = cell(cells[i])
		}
		t.Write(cells) // into memory: it can't fail
	}
	row(d.Words("dossier.number"), d.Words("dossier.what"), d.Words("dossier.date"), d.Words("dossier.file"), d.Words("dossier.size"), d.Words("dossier.type"), d.Words("dossier.hash"), d.Words("dossier.name"))
	for i := range w.manifest.Exhibits {
		it, x := &w.manifest.Exhibits[i], &d.Exhibits[i]
		where := it.File
		if s := w.stateOf(it); s != "" {
			where = s
		} else if w.manifest.Parts > 1 {
			where = d.Words("dossier.file.part", "file", it.File, "part", it.Part)
		}
		name, what := it.Name, x.Title
		if it.Out {
			name, what = "", ""
		}
		row(strconv.Itoa(it.Number), what, x.Date, where, strconv.FormatInt(it.Size, 10), it.Type, it.SHA256, name)
	}
	t.Flush()
	return b.Bytes()
}

// cell makes a text safe for a spreadsheet: what could begin a formula
// (CWE-1236) gets an apostrophe before it, and it stays on one line.
func cell(s string) string {
	s = plain(s)
	if t := strings.TrimLeftFunc(s, unicode.IsSpace); t != "" && strings.ContainsAny(t[:1], "=+-@|%") || strings.HasPrefix(t, "＝") || strings.HasPrefix(t, "＋") || strings.HasPrefix(t, "－") || strings.HasPrefix(t, "＠") {
		return "'" + s
	}
	return s
}

// stateOf says why an exhibit's bytes are not there; empty = they are.
func (w *writing) stateOf(it *item) string {
	switch {
	case it.State == "same":
		return w.d.Words("dossier.state.same", "number", it.Same)
	case it.State != "kept":
		return w.d.Words("dossier.state." + it.State)
	case it.Out:
		return w.d.Words("dossier.state.left_out")
	}
	return ""
}

// indexPage says what is in which part.
func (w *writing) indexPage(part int) []byte {
	d := w.d
	var b strings.Builder
	fmt.Fprintf(&b, "%s · %s\n%s\n", d.Words("dossier.case", "number", d.Case), plain(d.Title), d.Words("dossier.as", "when", w.when(d.As), "zone", d.Zone))
	if w.manifest.Parts > 1 {
		fmt.Fprintf(&b, "\n%s\n", d.Words("dossier.parts", "parts", w.manifest.Parts))
	}
	for p := 1; p <= w.manifest.Parts; p++ {
		b.WriteString("\n")
		key := "dossier.part"
		if w.manifest.Parts == 1 {
			fmt.Fprintf(&b, "%s\n", w.bundle(p))
		} else {
			if p == part {
				key = "dossier.part.this"
			}
			fmt.Fprintf(&b, "%s\n", d.Words(key, "part", p, "bundle", w.bundle(p)))
		}
		if p == 1 {
			fmt.Fprintf(&b, "    dossier.pdf\n")
			for _, f := range w.papers() {
				fmt.Fprintf(&b, "    %s\n", f.name)
			}
		}
		for i := range w.manifest.Exhibits {
			if it := &w.manifest.Exhibits[i]; it.Part == p {
				fmt.Fprintf(&b, "    %s  %s\n", it.File, plain(d.Exhibits[i].Title))
			}
		}
	}
	b.WriteString("\n")
	for i := range w.manifest.Exhibits {
		if it := &w.manifest.Exhibits[i]; it.File == "" {
			fmt.Fprintf(&b, "%s · %s\n", d.Words("dossier.exhibit", "number", it.Number), w.stateOf(it))
		}
	}
	return []byte(strings.TrimRight(b.String(), "\n") + "\n")
}

// verifyPage is VERIFY.txt: commands stand in lines of their own that begin with
// four spaces; a test runs them as they are.
func (w *writing) verifyPage(part int) []byte {
	d := w.d
	var b strings.Builder
	say := func(key string, pairs ...any) { fmt.Fprintf(&b, "%s\n\n", d.Words(key, pairs...)) }
	run := func(commands string) {
		for line := range strings.Lines(strings.Trim(commands, "\n")) {
			b.WriteString("    " + strings.TrimRight(line, "\n") + "\n")
		}
		b.WriteString("\n")
	}
	say("dossier.verify", "bundle", w.bundle(part))
	say("dossier.verify.unpack")
	run(fmt.Sprintf("unzip -q %s -d case\ncd case", w.bundle(part)))
	say("dossier.verify.sums")
	run(`
sha256sum --check --strict --quiet SHA256SUMS
for f in * */* .[!.]* */.[!.]*; do if [ -f "$f" ]; then printf '%s\n' "$f"; fi; done | LC_ALL=C sort > ../there.txt
{ cut -c 67- SHA256SUMS; echo SHA256SUMS; echo SHA256SUMS.sig; } | LC_ALL=C sort > ../signed.txt
LC_ALL=C comm -3 ../signed.txt ../there.txt
[ -z "$(LC_ALL=C comm -3 ../signed.txt ../there.txt)" ]`)
	say("dossier.verify.signature")
	run(`openssl pkeyutl -verify -rawin -pubin -inkey public-key.pem -in SHA256SUMS -sigfile SHA256SUMS.sig`)
	say("dossier.verify.key", "fingerprint", fingerprint(w.public))
	run(`openssl pkey -pubin -in public-key.pem -outform DER | sha256sum`)
	say("dossier.verify.chain")
	run(`
chain() {
  n=0; prev=` + firstPrev + `
  while IFS= read -r line; do
    n=$((n+1))
    case $line in *",\"prev\":\"$prev\"}") ;; *) echo "line $n does not follow"; return 1 ;; esac
    prev=$(printf '%s' "$line" | sha256sum | cut -c 1-64)
  done < log.jsonl
}
chain
echo "$n $prev"`)
	say("dossier.verify.head")
	run(`case $(cat head.json) in *"\"seq\":$n,\"hash\":\"$prev\","*) echo OK ;; *) echo "the log was cut"; false ;; esac`)
	stamped := false
	for _, st := range w.manifest.Stamps {
		if st.File == "" {
			continue
		}
		if !stamped {
			say("dossier.verify.stamps")
			stamped = true
		}
		run(fmt.Sprintf("head -n %d log.jsonl | tail -n 1 | tr -d '\\n' > ../line.txt\nopenssl ts -verify -data ../line.txt -in %s -CAfile ../authority.pem\nopenssl ts -reply -in %s -text", st.Seq, st.File, st.File))
	}
	if !stamped {
		say("dossier.verify.pending")
	}
	say("dossier.verify.exhibits")
	return []byte(strings.TrimRight(b.String(), "\n") + "\n")
}
