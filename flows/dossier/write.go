package dossier

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"
)

// partSize is how large one ZIP gets: Telegram takes files up to 50 MB from a
// bot, and a little air stays.
const partSize = 48 << 20

// Write makes the files of a dossier: the PDF as a file of its own, and one ZIP,
// or several parts that can each be checked alone. Names says what was made, in
// order.
//
// open gives the bytes of an exhibit by its hash, from the beginning, and is
// called twice for each; fs.ErrNotExist = they are gone. create is called once a
// file and closed before the next. progress may be nil; it hears how much is done.
// Nothing is made of a log that is not a chain, or of exhibits that are not what
// the log says. Memory holds one picture at a time and the PDF, never the
// exhibits.
func Write(ctx context.Context, d *Dossier, open func(sha256 string) (io.ReadCloser, error), key Key, create func(name string) (io.WriteCloser, error), progress func(done, of int)) (names []string, err error) {
	w := &writing{d: d, open: open, key: key, limit: partSize, progress: progress}
	return w.write(ctx, create)
}

type writing struct {
	d        *Dossier
	open     func(sha256 string) (io.ReadCloser, error)
	key      Key
	limit    int64 // of a part
	progress func(done, of int)
	done, of int

	manifest manifest
	head     head
	public   []byte // SubjectPublicKeyInfo, DER
	every    int64  // bytes of a part without exhibits
	pdf      []byte
	crc      map[string]uint32 // of exhibits' files, by name in the ZIP
}

// file is one that is written whole, from memory.
type file struct {
	name string
	data []byte
}

func (w *writing) write(ctx context.Context, create func(name string) (io.WriteCloser, error)) (names []string, err error) {
	if err := w.begin(); err != nil {
		return nil, fmt.Errorf("write the dossier of case %d: %w", w.d.Case, err)
	}
	for i := range w.d.Exhibits {
		if s := w.manifest.Exhibits[i].State; s == "kept" && !w.d.Exhibits[i].Out {
			w.of += 2
		}
	}
	w.of += 2 // the PDF, the ZIP's own pages
	p, err := newPages(w)
	if err != nil {
		return nil, fmt.Errorf("write the PDF of case %d: %w", w.d.Case, err)
	}
	// Each exhibit is read once for its hash and its page, and once into the ZIP.
	for i := range w.d.Exhibits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := w.look(i, p); err != nil {
			return nil, fmt.Errorf("read Exhibit %d of case %d: %w", w.d.Exhibits[i].Number, w.d.Case, err)
		}
	}
	parts, err := w.split()
	if err != nil {
		return nil, fmt.Errorf("write the dossier of case %d: %w", w.d.Case, err)
	}
	if w.pdf, err = p.finish(); err != nil {
		return nil, fmt.Errorf("write the PDF of case %d: %w", w.d.Case, err)
	}
	w.step()
	one := func(name string, fill func(io.Writer) error) error {
		out, err := create(name)
		if err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		err = fill(out)
		if err = errors.Join(err, out.Close()); err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		names = append(names, name)
		return nil
	}
	if err := one(w.name(".pdf"), func(out io.Writer) error { _, err := out.Write(w.pdf); return err }); err != nil {
		return names, err
	}
	for part := 1; part <= parts; part++ {
		if err := one(w.bundle(part), func(out io.Writer) error { return w.part(ctx, out, part) }); err != nil {
			return names, err
		}
	}
	w.step()
	return names, nil
}

func (w *writing) step() {
	if w.done++; w.progress != nil {
		w.progress(min(w.done, w.of), w.of)
	}
}

// name is what a file is called that holds the whole case.
func (w *writing) name(ext string) string { return fmt.Sprintf("recourse-case-%d%s", w.d.Case, ext) }

// bundle is what a part is called.
func (w *writing) bundle(part int) string {
	if w.manifest.Parts == 1 {
		return w.name(".zip")
	}
	return w.name(fmt.Sprintf("-part-%d-of-%d.zip", part, w.manifest.Parts))
}

// begin reads the log and puts the exhibits down, held against it.
func (w *writing) begin() error {
	d := w.d
	lines, err := readLog(d.Log, d.Case)
	if err != nil {
		return err
	}
	if w.public, err = x509.MarshalPKIXPublicKey(w.key.Public()); err != nil {
		return fmt.Errorf("write the public key: %w", err)
	}
	w.head = headOf(d.Case, lines)
	if w.head.As != moment(d.As) {
		return fmt.Errorf("the case is said to stand as of %s, and its log ends at %s", moment(d.As), w.head.As)
	}
	w.crc = map[string]uint32{}
	w.manifest = manifest{Format: 1, Case: d.Case, As: w.head.As, Claim: claim, Parts: 1, Exhibits: []item{}, Stamps: []stampItem{}}
	for i := range d.Exhibits {
		if i > 0 && d.Exhibits[i].Number <= d.Exhibits[i-1].Number {
			return errors.New("the exhibits are not in the order of their numbers")
		}
		w.manifest.Exhibits = append(w.manifest.Exhibits, itemOf(&d.Exhibits[i]))
	}
	if err := held(w.manifest.Exhibits, lines); err != nil {
		return err
	}
	for i, st := range d.Stamps {
		it := stampItem{Seq: st.Seq, Hash: st.Hash, Authority: st.Authority, Pending: true}
		if st.Seq < 1 || st.Seq > int64(len(lines)) || lines[st.Seq-1].hash != st.Hash || i > 0 && st.Seq <= d.Stamps[i-1].Seq {
			return fmt.Errorf("the time stamp on line %d is not one of this log", st.Seq)
		}
		if len(st.Token) > 0 {
			reply, err := asn1.Marshal(reply{Status: replyStatus{0}, Token: asn1.RawValue{FullBytes: st.Token}})
			if err != nil {
				return fmt.Errorf("write the time stamp on line %d: %w", st.Seq, err)
			}
			at, err := readStamp(reply, st.Hash)
			if err != nil {
				return fmt.Errorf("the time stamp on line %d: %w", st.Seq, err)
			}
			it.File, it.At, it.Pending = stampName(st.Seq), moment(at), false
		}
		w.manifest.Stamps = append(w.manifest.Stamps, it)
	}
	common, err := w.common(1)
	if err != nil {
		return err
	}
	w.every = fixedSlack
	for _, f := range common {
		w.every += int64(len(f.data)) + 256
	}
	for i := range w.manifest.Exhibits {
		if it := &w.manifest.Exhibits[i]; it.State == "kept" && it.Size+perExhibit > w.limit-w.every {
			it.State = "too_large"
		}
	}
	return nil
}

// reply is a TimeStampResp (RFC 3161, 2.4.2), the form openssl ts reads.
type reply struct {
	Status replyStatus
	Token  asn1.RawValue
}

type replyStatus struct{ Status int }

func stampName(seq int64) string { return fmt.Sprintf("timestamps/line-%06d.tsr", seq) }

// look reads an exhibit once: that it is what it is said to be, and its page.
func (w *writing) look(i int, p *pages) error {
	x, it := &w.d.Exhibits[i], &w.manifest.Exhibits[i]
	if it.State != "kept" || x.Out {
		return p.exhibit(x, it, nil)
	}
	defer w.step()
	name := fileName(x.Number, x.Form, x.Type)
	if x.Form == "text_only" {
		it.File, w.crc[name] = name, crc32.ChecksumIEEE([]byte(x.Text))
		return p.exhibit(x, it, nil)
	}
	r, err := w.open(x.SHA256)
	if errors.Is(err, fs.ErrNotExist) {
		it.State = "damaged"
		return p.exhibit(x, it, nil)
	}
	if err != nil {
		return err
	}
	defer r.Close()
	crc, sum := crc32.NewIEEE(), sha256.New()
	// What begins like a picture is held while it is read; nothing else is.
	t := io.TeeReader(r, io.MultiWriter(crc, sum))
	seen, err := peekPicture(t)
	if err != nil {
		return err
	}
	rest, err := io.Copy(io.Discard, t)
	if err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != x.SHA256 || seen.read+rest != x.Size {
		it.State = "damaged"
		return p.exhibit(x, it, nil)
	}
	it.File, w.crc[name] = name, crc.Sum32()
	return p.exhibit(x, it, &seen)
}

const (
	// fixedSlack is for what every part has beside the files that are known before
	// the parts are: names of files in the list, the ZIP's own end.
	fixedSlack = 512 << 10
	// perExhibit is what an exhibit takes beside its bytes: headers, sums.
	perExhibit = 656
)

// split says which exhibit goes into which part and how many there are. The
// first part also has the PDF and the papers.
func (w *writing) split() (int, error) {
	first := int64(w.pagesLimit())
	for _, f := range w.papers() {
		first += int64(len(f.data)) + 256
	}
	if w.every+first > w.limit {
		return 0, fmt.Errorf("the log and the papers alone are too large for one file: %d bytes", w.every+first)
	}
	part, left := 1, w.limit-w.every-first
	for i := range w.manifest.Exhibits {
		it := &w.manifest.Exhibits[i]
		if it.File == "" {
			continue
		}
		need := it.Size + perExhibit
		if need > left {
			part++
			left = w.limit - w.every
		}
		it.Part = part
		left -= need
	}
	w.manifest.Parts = part
	return part, nil
}

// part writes one ZIP.
func (w *writing) part(ctx context.Context, out io.Writer, part int) error {
	var before []file
	if part == 1 {
		before = append([]file{{"dossier.pdf", w.pdf}}, w.papers()...)
	}
	after, err := w.common(part)
	if err != nil {
		return err
	}
	c := newContainer(out, w.d.As)
	var sums bytes.Buffer
	add := func(name string, data []byte) error {
		fmt.Fprintf(&sums, "%s  %s\n", hashOf(data), name)
		return c.add(entry{name: name, crc: crc32.ChecksumIEEE(data), size: int64(len(data))}, bytes.NewReader(data))
	}
	for _, f := range before {
		if err := add(f.name, f.data); err != nil {
			return err
		}
	}
	for i := range w.manifest.Exhibits {
		it, x := &w.manifest.Exhibits[i], &w.d.Exhibits[i]
		if it.File == "" || it.Part != part {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if x.Form == "text_only" {
			if err := add(it.File, []byte(x.Text)); err != nil {
				return err
			}
		} else {
			r, err := w.open(x.SHA256)
			if err != nil {
				return fmt.Errorf("read Exhibit %d: %w", x.Number, err)
			}
			fmt.Fprintf(&sums, "%s  %s\n", it.SHA256, it.File)
			sum := sha256.New()
			err = c.add(entry{name: it.File, crc: w.crc[it.File], size: it.Size}, io.TeeReader(r, sum))
			if err = errors.Join(err, r.Close()); err != nil {
				return err
			}
			if hex.EncodeToString(sum.Sum(nil)) != it.SHA256 {
				return fmt.Errorf("pack %s: its bytes changed meanwhile", it.File)
			}
		}
		w.step()
	}
	for _, f := range after {
		if err := add(f.name, f.data); err != nil {
			return err
		}
	}
	signature, err := w.key.Sign(sums.Bytes())
	if err != nil {
		return fmt.Errorf("sign the dossier: %w", err)
	}
	if !ed25519.Verify(w.key.Public(), sums.Bytes(), signature) {
		return errors.New("sign the dossier: the signature is not of this key")
	}
	for _, f := range []file{{"SHA256SUMS", sums.Bytes()}, {"SHA256SUMS.sig", signature}} {
		if err := c.add(entry{name: f.name, crc: crc32.ChecksumIEEE(f.data), size: int64(len(f.data))}, bytes.NewReader(f.data)); err != nil {
			return err
		}
	}
	if err := c.close(); err != nil {
		return err
	}
	if c.n > w.limit {
		return fmt.Errorf("part %d has %d bytes, more than %d", part, c.n, w.limit)
	}
	return nil
}

// common are the files that every part has, so that each can be checked alone.
func (w *writing) common(part int) ([]file, error) {
	var list bytes.Buffer
	e := json.NewEncoder(&list)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(w.manifest); err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	end, err := json.Marshal(w.head)
	if err != nil {
		return nil, fmt.Errorf("write the end of the log: %w", err)
	}
	files := []file{
		{"manifest.json", visible(list.Bytes())},
		{"log.jsonl", append(bytes.Join(w.d.Log, []byte("\n")), '\n')},
		{"head.json", append(end, '\n')},
		{"public-key.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: w.public})},
	}
	for i, st := range w.manifest.Stamps {
		if st.File != "" {
			der, err := asn1.Marshal(reply{Status: replyStatus{0}, Token: asn1.RawValue{FullBytes: w.d.Stamps[i].Token}})
			if err != nil {
				return nil, fmt.Errorf("write the time stamp on line %d: %w", st.Seq, err)
			}
			files = append(files, file{st.File, der})
		}
	}
	return append(files,
		file{"VERIFY.txt", w.verifyPage(part)},
		file{"LIMITS.txt", []byte(w.d.Words("dossier.limits") + "\n")},
		file{"INDEX.txt", w.indexPage(part)},
	), nil
}

// Fingerprint is what a person compares to know whose key it is, "" for what is
// no key.
func Fingerprint(key ed25519.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return ""
	}
	return fingerprint(der)
}

// fingerprint is what a person compares: SHA-256 of the public key as DER, in
// groups of four.
func fingerprint(public []byte) string {
	sum := hashOf(public)
	var groups []string
	for i := 0; i < len(sum); i += 4 {
		groups = append(groups, sum[i:i+4])
	}
	return strings.Join(groups, " ")
}
