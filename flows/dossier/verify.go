package dossier

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/digitorus/timestamp"
)

// Report says what a dossier holds and what was checked, after all of it was
// found as it should be.
type Report struct {
	Case, Part, Parts int
	As                time.Time
	Files             int
	Exhibits          int   // in the case
	Here              int   // with their bytes in this part
	Elsewhere         int   // with their bytes in another part
	Absent            []int // without: left out, lost, the same as another
	Unlogged          []int // whose hash the log does not have: they are older than it
	Lines             int   // of the log
	Head              string
	Stamps            []StampReport
	Pending           int    // time stamps asked for and not there
	Fingerprint       string // of the key it is signed with
}

// StampReport is a time stamp that is about a line of the log. Who made it is for
// the reader to judge: Signer is only what its certificate says.
type StampReport struct {
	Seq    int64
	At     time.Time
	Signer string
}

// pageLimit is how large a file of words may be that is read whole.
const pageLimit = 64 << 20

// Verify reads a ZIP that Write made, believes nothing in it, and says the first
// thing that is wrong. Without an error each byte of it is as it was when it was
// signed with the key whose fingerprint the report names, and its parts agree with
// one another. Whose key that is it can't know.
func Verify(r io.ReaderAt, size int64) (*Report, error) {
	entries, when, err := readContainer(r, size)
	if err != nil {
		return nil, err
	}
	v := &verifying{r: r, files: map[string]*entry{}}
	for i := range entries {
		e := &entries[i]
		crc, sum := crc32.NewIEEE(), sha256.New()
		if _, err := io.Copy(io.MultiWriter(crc, sum), io.NewSectionReader(r, e.at, e.size)); err != nil {
			return nil, fmt.Errorf("read %s: %w", e.name, err)
		}
		e.hash = hex.EncodeToString(sum.Sum(nil))
		if v.files[e.name] = e; crc.Sum32() != e.crc {
			v.damaged = append(v.damaged, e.name)
		}
	}
	key, err := v.signature()
	if err != nil {
		return nil, err
	}
	if err := v.sums(entries); err != nil {
		return nil, err
	}
	rep := &Report{Files: len(entries), Fingerprint: fingerprint(key)}
	if err := v.contents(rep, when); err != nil {
		return nil, err
	}
	return rep, nil
}

type verifying struct {
	r       io.ReaderAt
	files   map[string]*entry
	damaged []string // whose CRC is wrong
}

// read gives a file of words.
func (v *verifying) read(name string) ([]byte, error) {
	e := v.files[name]
	switch {
	case e == nil:
		return nil, fmt.Errorf("%s is missing", name)
	case e.size > pageLimit:
		return nil, fmt.Errorf("%s is too large to be one", name)
	}
	p := make([]byte, e.size)
	if err := readAt(v.r, p, e.at, e.at+e.size); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return p, nil
}

// signature checks that the list of files is signed with the key beside it, and
// gives that key as DER.
func (v *verifying) signature() ([]byte, error) {
	text, err := v.read("public-key.pem")
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(text)
	if block == nil || len(rest) > 0 || block.Type != "PUBLIC KEY" || !bytes.Equal(pem.EncodeToMemory(block), text) {
		return nil, errors.New("public-key.pem is not a public key as it was written")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	key, ok := parsed.(ed25519.PublicKey)
	if err != nil || !ok {
		return nil, errors.New("public-key.pem is not an Ed25519 key")
	}
	list, err := v.read("SHA256SUMS")
	if err != nil {
		return nil, err
	}
	signature, err := v.read("SHA256SUMS.sig")
	if err != nil {
		return nil, err
	}
	if !ed25519.Verify(key, list, signature) {
		return nil, errors.New("SHA256SUMS is not signed with the key in public-key.pem: the list of files, its signature or the key was changed")
	}
	return block.Bytes, nil
}

// sums holds the files against the signed list, both ways and in its order.
func (v *verifying) sums(entries []entry) error {
	list, err := v.read("SHA256SUMS")
	if err != nil {
		return err
	}
	var listed []string
	for text := range strings.Lines(string(list)) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(text, "\n"), "  ")
		if !ok || len(sum) != 64 {
			return fmt.Errorf("line %d of SHA256SUMS can't be read", len(listed)+1)
		}
		listed = append(listed, name)
		e := v.files[name]
		switch {
		case e == nil:
			return fmt.Errorf("%s is missing", name)
		case e.hash != sum:
			return fmt.Errorf("%s was changed: it has the SHA-256 %s, and %s was signed", name, e.hash, sum)
		}
	}
	listed = append(listed, "SHA256SUMS", "SHA256SUMS.sig")
	for i, e := range entries {
		if !slices.Contains(listed, e.name) {
			return fmt.Errorf("%s was added: it is not in the signed list", e.name)
		}
		if i >= len(listed) || listed[i] != e.name {
			return fmt.Errorf("%s is not in its place in the ZIP", e.name)
		}
	}
	if len(listed) != len(entries) {
		return errors.New("SHA256SUMS names a file twice")
	}
	if len(v.damaged) > 0 {
		return fmt.Errorf("the check sum (CRC) the ZIP has for %s is wrong", v.damaged[0])
	}
	return nil
}

// contents holds the log, its end, the manifest, the exhibits and the time stamps
// against one another.
func (v *verifying) contents(rep *Report, when uint32) error {
	text, err := v.read("log.jsonl")
	if err != nil {
		return err
	}
	var end head
	endText, err := v.read("head.json")
	if err != nil {
		return err
	}
	if err := strictly(endText, &end); err != nil {
		return fmt.Errorf("head.json can't be read: %w", err)
	}
	body, whole := bytes.CutSuffix(text, []byte("\n"))
	if !whole {
		return errors.New("log.jsonl does not end with a whole line")
	}
	log, err := readLog(bytes.Split(body, []byte("\n")), end.Case)
	if err != nil {
		return err
	}
	if end != headOf(end.Case, log) {
		return errors.New("the log does not end as head.json says: lines were cut off or put on")
	}
	as, err := time.Parse(time.RFC3339, end.As)
	if err != nil || dosTime(as) != when {
		return errors.New("the times of the files in the ZIP are not the time of the log's end")
	}

	var m manifest
	if text, err = v.read("manifest.json"); err != nil {
		return err
	}
	if err := strictly(text, &m); err != nil {
		return fmt.Errorf("manifest.json can't be read: %w", err)
	}
	if m.Format != 1 {
		return fmt.Errorf("manifest.json is of a later kind (%d) than this program knows", m.Format)
	}
	if m.Case != end.Case || m.As != end.As || m.Claim != claim || m.Parts < 1 {
		return errors.New("manifest.json is not of the same case and time as head.json")
	}
	said := slices.Clone(m.Exhibits)
	if err := held(m.Exhibits, log); err != nil {
		return err
	}
	rep.Case, rep.Parts, rep.As, rep.Lines, rep.Head, rep.Exhibits = m.Case, m.Parts, as, len(log), end.Hash, len(m.Exhibits)
	if err := v.exhibits(rep, m.Exhibits, said); err != nil {
		return err
	}
	return v.stamps(rep, m.Stamps, log)
}

// exhibits holds the manifest against the files.
func (v *verifying) exhibits(rep *Report, items, said []item) error {
	files := map[string]bool{}
	last := 0
	for i, it := range items {
		if it.Seq != said[i].Seq || it.Prev != said[i].Prev || it.Hash != said[i].Hash {
			return fmt.Errorf("Exhibit %d: the manifest names another line of the log than the one that has its hash", it.Number)
		}
		if it.Number <= last {
			return fmt.Errorf("Exhibit %d is in the manifest twice or out of order", it.Number)
		}
		last = it.Number
		if it.File == "" {
			if it.Part != 0 {
				return fmt.Errorf("Exhibit %d: the manifest names a part and no file", it.Number)
			}
			rep.Absent = append(rep.Absent, it.Number)
			continue
		}
		if it.Seq == 0 {
			rep.Unlogged = append(rep.Unlogged, it.Number)
		}
		if it.State != "kept" || it.Out || it.File != fileName(it.Number, it.Form, it.Type) || it.Part < 1 || it.Part > rep.Parts {
			return fmt.Errorf("Exhibit %d: the manifest contradicts itself about its file", it.Number)
		}
		e := v.files[it.File]
		if e == nil {
			rep.Elsewhere++
			continue
		}
		if rep.Here++; rep.Part == 0 {
			rep.Part = it.Part
		}
		switch {
		case it.Part != rep.Part:
			return fmt.Errorf("Exhibit %d is in part %d, and the manifest says part %d", it.Number, rep.Part, it.Part)
		case e.hash != it.SHA256:
			return fmt.Errorf("Exhibit %d: %s does not have the SHA-256 of the manifest", it.Number, it.File)
		case e.size != it.Size:
			return fmt.Errorf("Exhibit %d: %s does not have the size of the manifest", it.Number, it.File)
		}
		files[it.File] = true
	}
	if _, first := v.files["dossier.pdf"]; rep.Part == 0 && (first || rep.Parts == 1) {
		rep.Part = 1
	} else if first != (rep.Part == 1) {
		return errors.New("dossier.pdf is not in the first part, or is in another")
	}
	for _, it := range items {
		if it.File != "" && it.Part == rep.Part && !files[it.File] {
			return fmt.Errorf("Exhibit %d: %s is missing", it.Number, it.File)
		}
	}
	for name := range v.files {
		if strings.HasPrefix(name, "exhibits/") && !files[name] {
			return fmt.Errorf("%s is no exhibit of the manifest", name)
		}
	}
	return nil
}

// stamps holds the time stamps against the log.
func (v *verifying) stamps(rep *Report, items []stampItem, log []line) error {
	files := map[string]bool{}
	for _, st := range items {
		if st.Seq < 1 || st.Seq > int64(len(log)) || log[st.Seq-1].hash != st.Hash {
			return fmt.Errorf("the manifest names a time stamp on line %d of the log, with a hash that line does not have", st.Seq)
		}
		if st.Pending {
			rep.Pending++
			continue
		}
		if st.File != stampName(st.Seq) || files[st.File] {
			return fmt.Errorf("the manifest contradicts itself about the time stamp on line %d", st.Seq)
		}
		files[st.File] = true
		der, err := v.read(st.File)
		if err != nil {
			return err
		}
		at, signer, err := parseStamp(der, st.Hash)
		if err != nil {
			return fmt.Errorf("%s: %w", st.File, err)
		}
		if moment(at) != st.At {
			return fmt.Errorf("%s has another time than the manifest says", st.File)
		}
		rep.Stamps = append(rep.Stamps, StampReport{st.Seq, at, signer})
	}
	for name := range v.files {
		if strings.HasPrefix(name, "timestamps/") && !files[name] {
			return fmt.Errorf("%s is no time stamp of the manifest", name)
		}
	}
	return nil
}

// strictly reads one JSON value that has no fields nobody knows.
func strictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows after its end")
	}
	return nil
}

// readStamp gives the time a TimeStampResp attests for a hash.
func readStamp(der []byte, hash string) (time.Time, error) {
	at, _, err := parseStamp(der, hash)
	return at, err
}

// parseStamp checks that a TimeStampResp is about a hash and that its signature
// is that of the certificate inside. Whether that certificate is to be trusted
// takes the authority's root, which a dossier can't bring along: VERIFY.txt says
// how.
func parseStamp(der []byte, hash string) (at time.Time, signer string, err error) {
	defer func() { // the parser reads what anybody may have written
		if recover() != nil {
			err = errors.New("the time stamp can't be read")
		}
	}()
	st, err := timestamp.ParseResponse(der)
	if err != nil {
		return at, "", fmt.Errorf("the time stamp can't be read: %w", err)
	}
	sum, err := hex.DecodeString(hash)
	switch {
	case err != nil || st.HashAlgorithm != crypto.SHA256 || !bytes.Equal(st.HashedMessage, sum):
		return at, "", errors.New("the time stamp is about something else than this line of the log")
	case len(st.Certificates) == 0: // then the library checked no signature
		return at, "", errors.New("the time stamp names no signer")
	}
	return st.Time.UTC(), st.Certificates[0].Subject.String(), nil
}

// String is the report in words, for whoever runs the program.
func (r *Report) String() string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("Nothing in this file was changed since it was signed.")
	say("")
	say("Case %d as of %s, part %d of %d", r.Case, r.As.UTC().Format("2006-01-02 15:04:05 UTC"), r.Part, r.Parts)
	say("%d files, each with the SHA-256 that was signed, and no others", r.Files)
	say("%d exhibits: %d here with their bytes, %d in other parts, %d without their bytes", r.Exhibits, r.Here, r.Elsewhere, len(r.Absent))
	if len(r.Absent) > 0 {
		say("  without their bytes (left out, lost, or the same as another; the manifest says which): %s", numbers(r.Absent))
	}
	if len(r.Unlogged) > 0 {
		say("  the log says nothing of their hash, they are older than it: %s", numbers(r.Unlogged))
	}
	say("%d lines of the log, each following from the one before; the last has the SHA-256", r.Lines)
	say("  %s", r.Head)
	for _, st := range r.Stamps {
		say("Line %d of the log was there on %s, says %s", st.Seq, st.At.Format("2006-01-02 15:04:05 UTC"), st.Signer)
		say("  (whether that is a real authority: VERIFY.txt, step 7)")
	}
	if len(r.Stamps) == 0 {
		say("No time stamp of an outside authority: the times are those of the bot's host and of Telegram")
	}
	if r.Pending > 0 {
		say("%d time stamps were asked for and not there yet", r.Pending)
	}
	say("")
	say("It was signed with the key that has this fingerprint:")
	say("  %s", r.Fingerprint)
	say("Compare it with the one the host of the bot publishes, or with another dossier of the same bot.")
	say("Whoever makes a false dossier has to use another key. What a dossier can't show is in its LIMITS.txt.")
	return b.String()
}

func numbers(all []int) string {
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = fmt.Sprint(n)
	}
	return strings.Join(texts, ", ")
}
